import { Modal, ScrollArea, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { iconOf } from "../canvas/icons";
import { label, nodeType } from "../graph/catalogue";
import { nameOf } from "../graph/definition";
import classes from "./Editor.module.css";
import { useEditor } from "./useEditor";

type Props = { readonly isOpen: boolean; readonly onClose: () => void; readonly onChoose: (id: string) => void };

/** Finds a node by its name, its type or what it says. */
export function SearchNode({ isOpen, onClose, onChoose }: Props) {
  const { t } = useTranslation("editor");
  return (
    <Modal opened={isOpen} onClose={onClose} title={t("search")} yOffset="10vh" closeButtonProps={{ "aria-label": t("exit") }} size="md" returnFocus={false}>
      {isOpen && <Search onChoose={onChoose} />}
    </Modal>
  );
}

function Search({ onChoose }: Pick<Props, "onChoose">) {
  const { t, i18n } = useTranslation("editor");
  const { definition } = useEditor();
  const [text, setText] = useState("");
  const [place, setPlace] = useState(0);
  const entries = useMemo(
    () =>
      Object.entries(definition.nodes).map(([id, node]) => {
        const type = nodeType(node["type"]);
        const typeName = type ? label(type, i18n.language) : String(node["type"]);
        return { id, type, typeName, name: nameOf(definition, id), words: `${id} ${typeName} ${JSON.stringify(node)}`.toLowerCase() };
      }),
    [definition, i18n.language],
  );
  const found = entries.filter(({ words }) => words.includes(text.trim().toLowerCase())).slice(0, 50);
  const chosen = found[Math.min(place, found.length - 1)];
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setPlace(Math.max(0, Math.min(found.length - 1, place + step)));
    }
    if (event.key === "Enter" && chosen) {
      event.preventDefault();
      onChoose(chosen.id);
    }
  };
  return (
    <>
      <TextInput
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls="found-nodes"
        aria-activedescendant={chosen ? `found-${chosen.id}` : undefined}
        aria-label={t("search")}
        placeholder={t("searchHow")}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setPlace(0);
        }}
      />
      <ScrollArea.Autosize mah="50vh" mt="sm">
        <div role="listbox" id="found-nodes" aria-label={t("search")}>
          {found.map(({ id, type, typeName, name }) => {
            const Icon = iconOf(type);
            return (
              <UnstyledButton
                key={id}
                id={`found-${id}`}
                role="option"
                tabIndex={-1}
                aria-selected={id === chosen?.id}
                className={classes["found"] ?? ""}
                onClick={() => onChoose(id)}
              >
                <Icon size={17} stroke={1.7} aria-hidden />
                <Text size="sm" truncate>
                  {name}
                </Text>
                <Text size="xs" c="dimmed" truncate>
                  {typeName}
                </Text>
              </UnstyledButton>
            );
          })}
        </div>
        {found.length === 0 && (
          <Text size="sm" c="dimmed" p="xs">
            {t("nothingFound")}
          </Text>
        )}
      </ScrollArea.Autosize>
    </>
  );
}
