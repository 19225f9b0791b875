import { Text } from "@mantine/core";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDefinition } from "../contract";
import { diff } from "../graph/diff";
import { ChangeList } from "./ChangeList";
import classes from "./Comparison.module.css";
import { marksOf, together } from "./drawing";

const FlowCanvas = lazy(async () => ({ default: (await import("../canvas/FlowCanvas")).FlowCanvas }));
const KINDS = ["added", "removed", "changed"] as const;

/** What became of one flow in another: drawn on one canvas, and as a list beside it. */
export function Comparison({
  before,
  after,
  label,
}: {
  readonly before: FlowDefinition;
  readonly after: FlowDefinition;
  readonly label: string;
}) {
  const { t } = useTranslation("history");
  const [focus, setFocus] = useState<string | null>(null);
  const difference = useMemo(() => diff(before, after), [before, after]);
  const drawn = useMemo(() => together(before, after, difference), [before, after, difference]);
  const marks = useMemo(() => {
    const was = (name: string) => t("was", { name });
    return marksOf(before, difference, classes, { added: t("added"), removed: t("removed"), changed: t("changed"), was });
  }, [before, difference, t]);
  return (
    <div className={classes.comparison}>
      <div className={classes.canvas}>
        <Suspense>
          <FlowCanvas definition={drawn} marks={marks} focus={focus} label={label} onNodeClick={setFocus} />
        </Suspense>
        <ul className={classes.legend} aria-label={t("legend")}>
          {KINDS.map((kind) => (
            <li key={kind} data-kind={kind}>
              {t(kind)}
            </li>
          ))}
        </ul>
      </div>
      <section className={classes.changes} aria-label={t("changes")}>
        <Text size="xs" fw={600} c="dimmed" mb={6}>
          {label}
        </Text>
        <ChangeList before={before} after={after} diff={difference} onShow={setFocus} />
      </section>
    </div>
  );
}
