import { ActionIcon } from "@mantine/core";
import { IconFocusCentered, IconMinus, IconPlus } from "@tabler/icons-react";
import { MiniMap, Panel, useReactFlow } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import classes from "./FlowCanvas.module.css";

/** How the whole canvas fits its window. */
export const FIT = { padding: 0.12, maxZoom: 1 } as const;

/** Zoom, fit and the minimap. */
export function CanvasControls({ hasMinimap }: { readonly hasMinimap: boolean }) {
  const { t } = useTranslation("canvas");
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const controls = [
    { word: "zoomOut", Icon: IconMinus, act: () => zoomOut() },
    { word: "zoomIn", Icon: IconPlus, act: () => zoomIn() },
    { word: "fit", Icon: IconFocusCentered, act: () => fitView(FIT) },
  ] as const;
  return (
    <>
      <Panel position="bottom-left" className={classes["controls"] ?? ""}>
        {controls.map(({ word, Icon, act }) => (
          <ActionIcon key={word} variant="subtle" color="gray" aria-label={t(word)} title={t(word)} onClick={() => void act()}>
            <Icon size={17} stroke={1.7} aria-hidden />
          </ActionIcon>
        ))}
      </Panel>
      {hasMinimap && (
        <MiniMap
          className={classes["minimap"] ?? ""}
          ariaLabel={t("minimap")}
          style={{ width: 168, height: 112 }}
          bgColor="var(--canvas-box)"
          nodeColor="var(--canvas-triangle)"
          maskColor="color-mix(in srgb, var(--canvas-dimmed) 16%, transparent)"
          nodeBorderRadius={12}
          pannable
          zoomable
        />
      )}
    </>
  );
}
