import { ActionIcon, Group, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconLanguage, IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { LANGUAGES, type Language } from "./words";

/** Switches between light and dark, and between the languages. */
export function Appearance() {
  const { t, i18n } = useTranslation();
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const scheme = useComputedColorScheme("light");
  const other: Language = i18n.language === "zh" ? "en" : "zh";
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t(scheme === "dark" ? "light" : "dark")}
        onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}
      >
        {scheme === "dark" ? <IconSun size={18} stroke={1.6} /> : <IconMoon size={18} stroke={1.6} />}
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        lang={LANGUAGES[other].code}
        aria-label={LANGUAGES[other].name}
        title={LANGUAGES[other].name}
        onClick={() => void i18n.changeLanguage(other)}
      >
        <IconLanguage size={18} stroke={1.6} />
      </ActionIcon>
    </Group>
  );
}
