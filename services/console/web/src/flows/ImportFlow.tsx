import { Alert, Button, FileButton, Group, Modal, Stack, Text } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../app/useErrorText";
import { ProblemList } from "../publishing/ProblemList";
import classes from "./ImportFlow.module.css";
import { ImportForm } from "./ImportForm";
import type { Line } from "./listing";
import { useImport } from "./useImport";

/** 导入流程: a TOML or JSON file becomes a draft; what is wrong with the file is listed. */
export function ImportFlow({
  isOpen,
  all,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly all: readonly Line[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("flows");
  return (
    <Modal opened={isOpen} onClose={onClose} title={t("import")} size="lg" closeButtonProps={{ "aria-label": t("close") }}>
      <Import all={all} onClose={onClose} />
    </Modal>
  );
}

function Import({ all, onClose }: { readonly all: readonly Line[]; readonly onClose: () => void }) {
  const { t } = useTranslation("flows");
  const errorText = useErrorText();
  const [name, setName] = useState("");
  const parse = useImport();
  const take = (file: File | null | undefined) => {
    if (!file) return;
    setName(file.name);
    parse.mutate(file);
  };
  const definition = parse.data?.definition;
  return (
    <Stack gap="md">
      <FilePicker onFile={take} name={name} isReading={parse.isPending} />
      {parse.error && (
        <Alert color="red" role="alert">
          {errorText(parse.error)}
        </Alert>
      )}
      {parse.data && parse.data.problems.length > 0 && (
        <Alert color={definition ? "yellow" : "red"} role="alert" title={t(definition ? "fileWarnings" : "fileProblems", { name })}>
          <ProblemList problems={parse.data.problems} definition={definition ?? null} />
        </Alert>
      )}
      {definition && <ImportForm key={parse.submittedAt} definition={definition} all={all} onClose={onClose} />}
    </Stack>
  );
}

type Picked = { readonly onFile: (file: File | null | undefined) => void; readonly name: string; readonly isReading: boolean };

function FilePicker({ onFile, name, isReading }: Picked) {
  const { t } = useTranslation("flows");
  const [isOver, setIsOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    onFile(event.dataTransfer.files[0]);
  };
  return (
    <div
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <Group justify="center" gap="md">
        <FileButton onChange={onFile} accept=".toml,.json,application/json,application/toml" inputProps={{ "aria-label": t("chooseFile") }}>
          {(props) => (
            <Button {...props} variant="light" loading={isReading} leftSection={<IconFileImport size={18} stroke={1.6} aria-hidden />}>
              {t("chooseFile")}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed">
          {name || t("dropHow")}
        </Text>
      </Group>
    </div>
  );
}
