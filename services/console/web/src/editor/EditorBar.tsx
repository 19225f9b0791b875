import { ActionIcon, Badge, Group, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import {
  IconArrowBackUp, IconArrowForwardUp, IconArrowLeft, IconFlame, IconKeyboard, IconNote, IconSearch, IconSettings, IconSitemap,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { label, TRIGGERS } from "../graph/catalogue";
import classes from "./Editor.module.css";
import { useEditor } from "./useEditor";

type Props = {
  readonly onSettings: () => void;
  readonly onSearch: () => void;
  readonly onArrange: () => void;
  readonly onNote: () => void;
  readonly onHelp: () => void;
  readonly hasHeat: boolean;
  readonly onHeat: () => void;
  /** On the right: whether the draft is saved, history, scenarios, publishing. */
  readonly children: ReactNode;
};

/** The flow's name and trigger, and what can be done with the whole of it. */
export function EditorBar({ children, ...props }: Props) {
  const { t, i18n } = useTranslation("editor");
  const { definition, base, undo, redo, canUndo, canRedo, isReadOnly } = useEditor();
  const trigger = TRIGGERS.find(({ name }) => name === definition.trigger);
  const tools = [
    { word: "undo", keys: "Ctrl+Z", Icon: IconArrowBackUp, act: undo, isOff: !canUndo },
    { word: "redo", keys: "Ctrl+Y", Icon: IconArrowForwardUp, act: redo, isOff: !canRedo },
    { word: "search", keys: "/", Icon: IconSearch, act: props.onSearch, isOff: false },
    { word: "arrange", keys: "L", Icon: IconSitemap, act: props.onArrange, isOff: isReadOnly },
    { word: "comment", keys: "", Icon: IconNote, act: props.onNote, isOff: isReadOnly },
    { word: "heat", keys: "", Icon: IconFlame, act: props.onHeat, isOff: base === null, isOn: props.hasHeat },
    { word: "help", keys: "?", Icon: IconKeyboard, act: props.onHelp, isOff: false },
  ] as const;
  return (
    <div className={classes["bar"]}>
      <Group gap={6} wrap="nowrap" miw={0}>
        <ActionIcon component={Link} href="/flows" variant="subtle" color="gray" aria-label={t("back")} title={t("back")}>
          <IconArrowLeft size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        <UnstyledButton className={classes["flow"] ?? ""} title={t("settings")} onClick={props.onSettings}>
          <Text component="h1" size="md" fw={650} truncate>
            {definition.name || t("untitled")}
          </Text>
          <Badge variant="light" color="gray" tt="none" fw={500} className={classes["trigger"] ?? ""}>
            {trigger ? label(trigger, i18n.language) : definition.trigger}
            {definition.event ? ` · ${definition.event}` : ""}
          </Badge>
          <IconSettings size={16} stroke={1.7} aria-hidden />
          <VisuallyHidden>{t("settings")}</VisuallyHidden>
        </UnstyledButton>
      </Group>
      <Group gap={2} wrap="nowrap" role="group">
        {tools.map((tool) => (
          <ActionIcon
            key={tool.word}
            variant={"isOn" in tool && tool.isOn ? "light" : "subtle"}
            color={"isOn" in tool && tool.isOn ? "brand" : "gray"}
            disabled={tool.isOff}
            aria-label={t(tool.word)}
            aria-pressed={"isOn" in tool ? tool.isOn : undefined}
            title={tool.keys ? `${t(tool.word)} (${tool.keys})` : t(tool.word)}
            onClick={tool.act}
          >
            <tool.Icon size={18} stroke={1.7} aria-hidden />
          </ActionIcon>
        ))}
      </Group>
      <Group gap="xs" wrap="nowrap" className={classes["right"] ?? ""}>
        {isReadOnly ? <Badge variant="light" color="gray">{t("readOnly")}</Badge> : children}
      </Group>
    </div>
  );
}
