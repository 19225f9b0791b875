import { Alert, Button, Group, SegmentedControl, Stack, Textarea } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LoadState } from "../app/LoadState";
import { useErrorText } from "../app/useErrorText";
import { useEditor } from "../editor/useEditor";
import { ProblemList } from "../publishing/ProblemList";
import classes from "./ScenarioPanel.module.css";
import type { Language } from "./text";
import { useRead } from "./useRead";
import { useWritten } from "./useWritten";

/** All scenarios as text, TOML or JSON: everything that the form has no field for is here as well. */
export function ScenarioText() {
  const { t } = useTranslation("scenarios");
  const { definition, apply, isReadOnly } = useEditor();
  const errorText = useErrorText();
  const [language, setLanguage] = useState<Language>("toml");
  const written = useWritten(definition, language);
  const [typed, setTyped] = useState<string | null>(null);
  const reading = useRead();
  const text = typed ?? written.data;
  const take = () =>
    reading.mutate(
      { text: text ?? "", language },
      {
        onSuccess: ({ scenarios }) => {
          if (!scenarios) return;
          apply({ type: "set_flow", fields: { scenarios } });
          setTyped(null);
        },
      },
    );
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t("language")}
          data={[
            { value: "toml", label: "TOML" },
            { value: "json", label: "JSON" },
          ]}
          value={language}
          disabled={typed !== null}
          onChange={(value) => setLanguage(value === "json" ? "json" : "toml")}
        />
        {!isReadOnly && (
          <Group gap={6}>
            {typed !== null && (
              <Button size="compact-sm" variant="default" onClick={() => setTyped(null)}>
                {t("reset")}
              </Button>
            )}
            <Button
              size="compact-sm"
              disabled={typed === null}
              loading={reading.isPending}
              leftSection={<IconCheck size={14} aria-hidden />}
              onClick={take}
            >
              {t("takeText")}
            </Button>
          </Group>
        )}
      </Group>
      {reading.error && <Alert color="red">{errorText(reading.error)}</Alert>}
      {reading.data && reading.data.problems.length > 0 && typed !== null && (
        <Alert color="red" role="alert">
          <ProblemList problems={reading.data.problems} definition={null} />
        </Alert>
      )}
      <LoadState query={written} />
      {text !== undefined && (
        <Textarea
          className={classes.code ?? ""}
          aria-label={t("allAsText")}
          autosize
          minRows={12}
          spellCheck={false}
          readOnly={isReadOnly}
          value={text}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
    </Stack>
  );
}
