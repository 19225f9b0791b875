import { Badge, Code, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Shown } from "./facts";
import { exact } from "./times";
import type { Names } from "./useNames";

/** A value as people read it: agents by their names, times in their zone. */
export function Value({ value, names }: { readonly value: Shown; readonly names: Names }) {
  const { t, i18n } = useTranslation("runs");
  switch (value.kind) {
    case "agents":
      if (value.ids.length === 0) return <Faint>{t("nobody")}</Faint>;
      return (
        <Group gap={4}>
          {value.ids.map((id) => (
            <Badge key={id} variant="light" color="gray" tt="none" fw={500} title={id}>
              {names.agent(id)}
            </Badge>
          ))}
        </Group>
      );
    case "time":
      return (
        <time dateTime={value.at} title={value.at}>
          {exact(value.at, i18n.language)}
        </time>
      );
    case "flag":
      return t(value.is ? "yes" : "no");
    case "json":
      return <Code>{value.text}</Code>;
    case "nothing":
      return <Faint>{t("nothing")}</Faint>;
    default:
      return value.text === "" ? <Faint>“”</Faint> : value.text;
  }
}

function Faint({ children }: { readonly children: string }) {
  return (
    <Text span inherit c="dimmed">
      {children}
    </Text>
  );
}
