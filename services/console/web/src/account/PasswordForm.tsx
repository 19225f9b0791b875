import { Alert, Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../app/useErrorText";
import type { Me } from "../contract";
import { usePassword } from "./usePassword";

const SHORTEST = 10;

/** Sets the password, or changes the one that is there. */
export function PasswordForm({ me }: { readonly me: Me }) {
  const { t } = useTranslation("account");
  const errorText = useErrorText();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const [isTouched, setIsTouched] = useState(false);
  const password = usePassword();
  const isShort = [...fresh].length < SHORTEST;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTouched(true);
    if (isShort) return;
    const done = () => {
      setCurrent("");
      setFresh("");
      setIsTouched(false);
    };
    password.mutate({ current: me.has_password ? current : null, new: fresh }, { onSuccess: done });
  };
  const eye = { "aria-label": t("show") };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={420}>
        <Text size="sm" c="dimmed">
          {t(me.has_password ? "passwordChange" : "passwordWhy")}
        </Text>
        <input type="text" autoComplete="username" value={me.email} readOnly hidden />
        {me.has_password && (
          <PasswordInput
            label={t("current")}
            autoComplete="current-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={eye}
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label={t("fresh")}
          description={t("freshHow")}
          autoComplete="new-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={eye}
          error={isTouched && isShort ? t("tooShort") : undefined}
          value={fresh}
          onChange={(event) => setFresh(event.currentTarget.value)}
        />
        {password.error && (
          <Alert color="red" role="alert">
            {errorText(password.error)}
          </Alert>
        )}
        {password.isSuccess && (
          <Alert color="teal" role="status">
            {t("saved")}
          </Alert>
        )}
        <Group>
          <Button type="submit" loading={password.isPending}>
            {t("save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
