import { ActionIcon, Indicator, Menu } from "@mantine/core";
import { IconBell, IconBellOff, IconChecks } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { changeSettings, type Settings } from "./settings";
import { useSettings } from "./useSettings";

const CHOICES = [
  { name: "hasSound", word: "sound" },
  { name: "hasBadge", word: "badge" },
  { name: "isAway", word: "away" },
] as const satisfies readonly { readonly name: keyof Settings; readonly word: string }[];

/** How the agent is told of new messages, whether they are there, and the way to have read everything. */
export function AlertMenu({ onReadAll }: { readonly onReadAll: () => void }) {
  const { t } = useTranslation("inbox");
  const settings = useSettings();
  const Icon = settings.hasSound ? IconBell : IconBellOff;
  return (
    <Menu position="bottom-end" width={300} closeOnItemClick={false} trapFocus>
      <Indicator color={settings.isAway ? "orange" : "green"} offset={5} size={10} withBorder>
        <Menu.Target>
          <ActionIcon
            variant="default"
            size={36}
            aria-label={`${t("settings")} · ${t(settings.isAway ? "nowAway" : "present")}`}
          >
            <Icon size={18} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Menu.Target>
      </Indicator>
      <Menu.Dropdown>
        <Menu.Label>{t(settings.isAway ? "nowAway" : "present")}</Menu.Label>
        {CHOICES.map(({ name, word }) => (
          <Menu.CheckboxItem
            key={name}
            checked={settings[name]}
            onChange={(isOn) => changeSettings({ [name]: isOn })}
          >
            {t(word)}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item closeMenuOnClick leftSection={<IconChecks size={16} aria-hidden />} onClick={onReadAll}>
          {t("readAll")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
