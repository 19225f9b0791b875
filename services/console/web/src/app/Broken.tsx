import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

type State = { readonly error: Error | null };

/** What people see of a page that broke, instead of nothing: that it broke, and the way on. */
export class Broken extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render(): ReactNode {
    return this.state.error ? <Said error={this.state.error} /> : this.props.children;
  }
}

function Said({ error }: { readonly error: Error }) {
  const { t } = useTranslation();
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} title={t("broken")} m="lg" maw={720}>
      <Stack gap="sm">
        <Text size="sm">{t("brokenHow")}</Text>
        <Code block>{error.message}</Code>
        <Group>
          <Button onClick={() => window.location.reload()}>{t("reload")}</Button>
        </Group>
      </Stack>
    </Alert>
  );
}
