import { Card, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../api/useMe";
import classes from "./Account.module.css";
import { PasswordForm } from "./PasswordForm";
import { SessionList } from "./SessionList";

/** Who one is here, one's password, and where one is signed in. */
export function Account() {
  const { t } = useTranslation("account");
  const { t: common } = useTranslation();
  const me = useMe().data;
  if (!me) return null;
  const facts = [
    [t("name"), me.name || me.agent],
    [t("email"), me.email || t("noEmail")],
    [t("role"), common(`roles.${me.role}`)],
    [t("team"), me.team],
    [t("agent"), me.agent],
  ] as const;
  return (
    <Stack gap="lg" maw={760}>
      <Title order={1} size="h2">
        {t("account")}
      </Title>
      <Part title={t("profile")}>
        <dl className={classes.facts}>
          {facts.map(([word, value]) => (
            <div key={word}>
              <Text component="dt" size="sm" c="dimmed">
                {word}
              </Text>
              <Text component="dd" size="sm">
                {value}
              </Text>
            </div>
          ))}
        </dl>
      </Part>
      <Part title={t(me.has_password ? "changePassword" : "setPassword")}>
        <PasswordForm me={me} />
      </Part>
      <Part title={t("sessions")}>
        <SessionList />
      </Part>
    </Stack>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card withBorder padding="lg" component="section">
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}
