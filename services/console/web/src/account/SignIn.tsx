import { Alert, Anchor, Button, Card, Code, Group, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconAlertTriangle, IconLink } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Link, Redirect, useSearch } from "wouter";
import { useMe } from "../api/useMe";
import { Appearance } from "../app/Appearance";
import { useErrorText } from "../app/useErrorText";
import { nextPage } from "./next";
import classes from "./SignIn.module.css";
import { useSignIn } from "./useSignIn";

/** The way in: e-mail and password, and why a link did not do. What was asked for before comes afterwards. */
export function SignIn() {
  const { t } = useTranslation("account");
  const search = useSearch();
  const me = useMe();
  const next = nextPage(search);
  const problem = new URLSearchParams(search).get("problem");
  if (me.data && !problem) return <Redirect to={next} replace />;
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <Group gap="xs">
          <img src="/icon.svg" alt="" width={26} height={26} />
          <Text fw={650}>Frontdesk</Text>
        </Group>
        <Appearance />
      </header>
      <main className={classes.main}>
        <Card withBorder radius="lg" padding="xl" className={classes.card}>
          <Stack gap="md">
            <Title order={1} size="h3">
              {t("signIn")}
            </Title>
            {problem && <LinkProblem problem={problem} />}
            {me.data ? (
              <Anchor component={Link} href={next}>
                {t("goOn", { name: me.data.name || me.data.agent })}
              </Anchor>
            ) : (
              <Credentials next={next} />
            )}
            <LinkHint />
          </Stack>
        </Card>
      </main>
    </div>
  );
}

function Credentials({ next }: { readonly next: string }) {
  const { t } = useTranslation("account");
  const errorText = useErrorText();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignIn(next);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email: email.trim(), password });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          type="email"
          label={t("email")}
          autoComplete="username"
          required
          withAsterisk={false}
          data-autofocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("password")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": t("show") }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {signIn.error && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
            {errorText(signIn.error)}
          </Alert>
        )}
        <Button type="submit" mt="xs" fullWidth loading={signIn.isPending}>
          {t("signIn")}
        </Button>
      </Stack>
    </form>
  );
}

function LinkProblem({ problem }: { readonly problem: string }) {
  const { t } = useTranslation("account");
  const known = problem === "used_link" ? "usedLink" : "badLink";
  return (
    <Alert color="orange" role="alert" icon={<IconLink aria-hidden />} title={t(known)}>
      {t(`${known}How`)}
    </Alert>
  );
}

function LinkHint() {
  return (
    <Text size="sm" c="dimmed">
      <Trans
        ns="account"
        i18nKey="linkHint"
        components={{ up: <Code>frontdesk up</Code>, add: <Code>frontdesk team agents add</Code> }}
      />
    </Text>
  );
}
