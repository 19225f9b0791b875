import { Button, Group, Menu, Textarea } from "@mantine/core";
import { IconBraces } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isText } from "../../graph/definition";
import { useVariables } from "../useVariables";
import { type ControlProps, inputProps } from "./control";
import classes from "./fields.module.css";
import { insertion, wordAt } from "./words";

type Props = ControlProps & { readonly isTemplate: boolean; readonly minRows?: number };

/** A text or an expression, with the variables that it may name: from a menu, and as one types. */
export function SuggestingField({ isTemplate, minRows = 1, ...props }: Props) {
  const { value, onChange } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(0);
  const variables = useVariables();
  const text = isText(value) ? value : "";
  const word = wordAt(text, caret, isTemplate);
  const suggested = word === null ? [] : variables.filter((name) => name !== word && name.includes(word)).slice(0, 4);
  const insert = (name: string) => {
    const { text: next, caret: end } = insertion(text, area.current?.selectionStart ?? text.length, name, isTemplate);
    onChange(next);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(end, end);
      setCaret(end);
    });
  };
  return (
    <div>
      <Textarea
        {...inputProps(props)}
        ref={area}
        className={isTemplate ? undefined : classes["code"]}
        value={text}
        autosize
        minRows={minRows}
        maxRows={12}
        spellCheck={isTemplate}
        onChange={(event) => {
          setCaret(event.currentTarget.selectionStart);
          onChange(event.currentTarget.value || undefined);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
      />
      <Group gap={4} mt={4}>
        <VariablesMenu variables={variables} onChoose={insert} isDisabled={props.isDisabled} />
        {suggested.map((name) => (
          <Button key={name} size="compact-xs" variant="default" onClick={() => insert(name)}>
            {name}
          </Button>
        ))}
      </Group>
    </div>
  );
}

type MenuProps = {
  readonly variables: readonly string[];
  readonly onChoose: (name: string) => void;
  readonly isDisabled: boolean;
};

function VariablesMenu({ variables, onChoose, isDisabled }: MenuProps) {
  const { t } = useTranslation("editor");
  return (
    <Menu position="bottom-start" shadow="md" returnFocus={false}>
      <Menu.Target>
        <Button size="compact-xs" variant="subtle" disabled={isDisabled} leftSection={<IconBraces size={13} aria-hidden />}>
          {t("variables")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes["variables"] ?? ""}>
        {variables.map((name) => (
          <Menu.Item key={name} onClick={() => onChoose(name)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
