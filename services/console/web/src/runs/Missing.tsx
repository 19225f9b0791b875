import { Center, Loader, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** In the place of the canvas: that it comes, or why it does not. */
export function Missing({ text }: { readonly text: string }) {
  const { t } = useTranslation("runs");
  return (
    <Center h="100%" p="lg">
      {text === "" ? (
        <Loader aria-label={t("canvas")} />
      ) : (
        <Text c="dimmed" size="sm" ta="center">
          {text}
        </Text>
      )}
    </Center>
  );
}
