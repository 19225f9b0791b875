import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "./useErrorText";

/** What can be done about a notice, at once. */
export type Way = { readonly word: string; readonly take: () => void };

/** Short notices at the edge of the page: what was done, or why it was not. */
export function useNotice() {
  const errorText = useErrorText();
  const { t } = useTranslation();
  return useMemo(() => {
    const closeButtonProps = { "aria-label": t("close") };
    return {
      done: (text: string, way?: Way): void => {
        const message = <Said text={text} way={way} />;
        notifications.show({ message, autoClose: way ? 12_000 : 5_000, closeButtonProps });
      },
      failed: (error: unknown): void => {
        notifications.show({ message: errorText(error), color: "red", autoClose: 12_000, closeButtonProps });
      },
    };
  }, [errorText, t]);
}

function Said({ text, way }: { readonly text: string; readonly way: Way | undefined }) {
  if (!way) return text;
  return (
    <Group gap="sm" justify="space-between" wrap="nowrap">
      <Text size="sm">{text}</Text>
      <Button size="compact-sm" variant="light" onClick={way.take}>
        {way.word}
      </Button>
    </Group>
  );
}
