import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { familyOf, iconOf } from "../canvas/icons";
import { label, type NodeType, offered } from "../graph/catalogue";
import classes from "./Toolbar.module.css";
import { useEditor } from "./useEditor";

/** How a dragged node type travels to the canvas. */
export const DRAGGED = "application/x-frontdesk-node";

/** The node types that the flow's trigger offers: to drag onto the canvas, or to press. */
export function Toolbar({ onAdd }: { readonly onAdd: (type: NodeType) => void }) {
  const { t } = useTranslation("editor");
  const { definition, isReadOnly } = useEditor();
  const hasStart = Object.values(definition.nodes).some((node) => node["type"] === "start");
  return (
    <div className={classes["toolbar"]} role="toolbar" aria-label={t("toolbar")}>
      {offered(definition.trigger).map((type) => (
        <Tool key={type.type} type={type} isDisabled={isReadOnly || (type.type === "start" && hasStart)} onAdd={onAdd} />
      ))}
    </div>
  );
}

type Props = { readonly type: NodeType; readonly isDisabled: boolean; readonly onAdd: (type: NodeType) => void };

function Tool({ type, isDisabled, onAdd }: Props) {
  const { i18n } = useTranslation("editor");
  const Icon = iconOf(type);
  const name = label(type, i18n.language);
  return (
    <Tooltip label={name} openDelay={150} withArrow>
      <button
        type="button"
        className={classes["tool"]}
        data-family={familyOf(type)}
        data-type={type.type}
        aria-label={name}
        aria-disabled={isDisabled}
        draggable={!isDisabled}
        onClick={() => !isDisabled && onAdd(type)}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAGGED, type.type);
          event.dataTransfer.effectAllowed = "copy";
        }}
      >
        <Icon size={20} stroke={1.7} aria-hidden />
      </button>
    </Tooltip>
  );
}
