import { ActionIcon, Text, VisuallyHidden } from "@mantine/core";
import { IconHistory, IconListCheck } from "@tabler/icons-react";
import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { lazy, Suspense, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { FIT } from "../canvas/CanvasControls";
import type { Marks } from "../canvas/marks";
import { DraftState } from "../drafts/DraftState";
import { PublishButton } from "../publishing/PublishButton";
import { useLatest } from "../canvas/useLatest";
import { arranged, moved } from "./arrange";
import classes from "./Editor.module.css";
import { EditorBar } from "./EditorBar";
import { EditorCanvas } from "./EditorCanvas";
import { focusBox } from "./focusing";
import { newLinking } from "./linking";
import { FlowPanel } from "./panel/FlowPanel";
import { NodePanel } from "./panel/NodePanel";
import { ProblemList } from "./ProblemList";
import { ProblemsProvider } from "./ProblemsProvider";
import { SearchNode } from "./SearchNode";
import { Shortcuts } from "./Shortcuts";
import { Toolbar } from "./Toolbar";
import { useAdding } from "./useAdding";
import { useAnnounced } from "./useAnnounce";
import { useCanvasMarks } from "./useCanvasMarks";
import { useEditor } from "./useEditor";
import { useKeys } from "./useKeys";
import { useSharing } from "./useSharing";

const HistoryDrawer = lazy(() => import("../history/HistoryDrawer"));
const ScenarioPanel = lazy(() => import("../scenarios/ScenarioPanel"));

/** Bar, toolbar, canvas, panel and problems of the flow that is being edited. */
export function Workspace() {
  return (
    <ReactFlowProvider>
      <ProblemsProvider>
        <Parts />
      </ProblemsProvider>
    </ReactFlowProvider>
  );
}

type Open = "search" | "help" | "settings" | "history" | "scenarios" | null;
const PART = { variant: "subtle", color: "gray", size: 36 } as const;

function Parts() {
  const { t } = useTranslation("editor");
  const { definition, panel, openPanel, select, apply } = useEditor();
  const { fitView } = useReactFlow();
  const { addNode, addNote } = useAdding();
  const [linking] = useState(newLinking);
  const [open, setOpen] = useState<Open>(null);
  const [focus, setFocus] = useState<string | null>(null);
  const [hasHeat, setHeat] = useState(false);
  const { marks, runs } = useCanvasMarks(hasHeat);
  const [tested, setTested] = useState<Marks | null>(null);
  const announced = useAnnounced();
  useSharing();

  const focusOn = useCallback(
    (id: string) => {
      setOpen(null);
      setFocus(id);
      select([id]);
      focusBox(id);
    },
    [select],
  );
  const latest = useLatest(definition);
  const arrange = useCallback(() => {
    void arranged(definition).then((places) => {
      apply(moved(latest.current, places));
      requestAnimationFrame(() => void fitView({ ...FIT, duration: 250 }));
    });
  }, [apply, definition, fitView, latest]);
  const close = () => {
    setTested(null);
    setOpen(null);
  };
  const toggle = (what: Exclude<Open, null>) => setOpen(open === what ? null : what);
  const onKeyDown = useKeys(linking, { search: () => setOpen("search"), help: () => toggle("help"), arrange, focusOn });

  return (
    <div className={classes["editor"]}>
      <EditorBar
        onSettings={() => {
          openPanel(null);
          toggle("settings");
        }}
        onSearch={() => setOpen("search")}
        onHelp={() => setOpen("help")}
        onArrange={arrange}
        onNote={addNote}
        hasHeat={hasHeat}
        onHeat={() => setHeat(!hasHeat)}
      >
        <DraftState />
        <ActionIcon {...PART} aria-label={t("scenarios")} title={t("scenarios")} aria-pressed={open === "scenarios"} onClick={() => toggle("scenarios")}>
          <IconListCheck size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        <ActionIcon {...PART} aria-label={t("history")} title={t("history")} onClick={() => setOpen("history")}>
          <IconHistory size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        <PublishButton onScenarios={() => setOpen("scenarios")} />
      </EditorBar>
      <Toolbar
        onAdd={(type) => {
          const id = addNode(type);
          setFocus(id);
          focusBox(id);
        }}
      />
      <div className={classes["middle"]}>
        <div className={classes["ground"]}>
          <EditorCanvas linking={linking} marks={tested ?? marks} focus={panel ?? focus} onAdd={addNode} onKeyDown={onKeyDown} />
          {Object.keys(definition.nodes).length === 0 && <div className={classes["empty"]}>{t("empty")}</div>}
          {hasHeat && runs !== undefined && (
            <Text size="xs" className={classes["heat"] ?? ""}>
              {runs === 0 ? t("heatNone") : t("heatShown", { runs })}
            </Text>
          )}
          <ProblemList onChoose={focusOn} />
        </div>
        {panel !== null && <NodePanel key={panel} id={panel} />}
        {panel === null && open === "settings" && <FlowPanel onClose={() => setOpen(null)} />}
        {panel === null && open === "scenarios" && (
          <Suspense>
            <ScenarioPanel onMarks={setTested} onClose={() => close()} />
          </Suspense>
        )}
      </div>
      {open === "history" && (
        <Suspense>
          <HistoryDrawer isOpen onClose={() => setOpen(null)} />
        </Suspense>
      )}
      <SearchNode isOpen={open === "search"} onClose={() => setOpen(null)} onChoose={focusOn} />
      <Shortcuts isOpen={open === "help"} onClose={() => setOpen(null)} />
      <VisuallyHidden role="status">{announced}</VisuallyHidden>
    </div>
  );
}
