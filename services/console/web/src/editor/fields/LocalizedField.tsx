import { ActionIcon, Button, Group, Input, NativeSelect, Stack } from "@mantine/core";
import { IconLanguage, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { isTable, isText } from "../../graph/definition";
import type { ControlProps } from "./control";
import { SuggestingField } from "./SuggestingField";

const LOCALES = ["zh", "en", "zh-TW", "ja", "ko", "de", "fr", "es", "pt", "ru", "ar"];

/** One text for everybody, or one per language. */
export function LocalizedField(props: ControlProps) {
  const { t } = useTranslation("editor");
  const { value, onChange, isDisabled } = props;
  if (!isTable(value)) {
    const other = isText(value) ? { zh: value, en: "" } : { zh: "", en: "" };
    return (
      <div>
        <SuggestingField {...props} isTemplate minRows={3} />
        <Button
          size="compact-xs"
          variant="subtle"
          disabled={isDisabled}
          leftSection={<IconLanguage size={13} aria-hidden />}
          onClick={() => onChange(other)}
        >
          {t("byLocale")}
        </Button>
      </div>
    );
  }
  return <Locales {...props} texts={value} />;
}

function Locales({ texts, ...props }: ControlProps & { readonly texts: Readonly<Record<string, unknown>> }) {
  const { t } = useTranslation("editor");
  const { field, label, how, error, isDisabled, onChange } = props;
  const missing = LOCALES.filter((locale) => !(locale in texts));
  const without = (locale: string) => Object.fromEntries(Object.entries(texts).filter(([key]) => key !== locale));
  return (
    <Input.Wrapper label={label} description={how || undefined} error={error} withAsterisk={field.isRequired} role="group" aria-label={label}>
      <Stack gap={6} mt={4}>
        {Object.entries(texts).map(([locale, text]) => (
          <Group key={locale} gap={4} align="flex-start" wrap="nowrap">
            <div style={{ flex: 1 }}>
              <SuggestingField
                {...props}
                label={locale}
                how=""
                error={undefined}
                isTemplate
                minRows={2}
                value={text}
                onChange={(next) => onChange({ ...texts, [locale]: next ?? "" })}
              />
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={isDisabled}
              aria-label={t("removeLocale", { locale })}
              onClick={() => onChange(Object.keys(texts).length > 1 ? without(locale) : (Object.values(texts)[0] ?? ""))}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Group gap={6}>
          <NativeSelect
            size="xs"
            aria-label={t("addLocale")}
            disabled={isDisabled}
            value=""
            data={[{ value: "", label: `${t("addLocale")}…` }, ...missing]}
            onChange={(event) => event.currentTarget.value && onChange({ ...texts, [event.currentTarget.value]: "" })}
          />
          <Button size="compact-xs" variant="subtle" disabled={isDisabled} onClick={() => onChange(Object.values(texts)[0] ?? "")}>
            {t("oneText")}
          </Button>
        </Group>
      </Stack>
    </Input.Wrapper>
  );
}
