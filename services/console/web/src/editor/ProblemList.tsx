import { Text, UnstyledButton } from "@mantine/core";
import { IconAlertTriangleFilled, IconCircleCheckFilled, IconExclamationCircleFilled } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { nodeAt } from "../graph/checks";
import { nameOf } from "../graph/definition";
import classes from "./Editor.module.css";
import { useFlowProblems } from "./ProblemsProvider";
import { useEditor } from "./useEditor";
import { useProblemText } from "./useProblemText";

/** How many problems there are, and when opened each of them: pressed, it shows its node. */
export function ProblemList({ onChoose }: { readonly onChoose: (id: string) => void }) {
  const { t } = useTranslation("editor");
  const { definition } = useEditor();
  const { all, isChecking } = useFlowProblems();
  const textOf = useProblemText();
  const [isOpen, setOpen] = useState(false);
  const errors = all.filter(({ level }) => level === "error").length;
  const Icon = errors > 0 ? IconExclamationCircleFilled : all.length > 0 ? IconAlertTriangleFilled : IconCircleCheckFilled;
  const level = errors > 0 ? "error" : all.length > 0 ? "warning" : "none";
  return (
    <section className={classes["problems"]} aria-label={t("problemList")}>
      <UnstyledButton className={classes["summary"] ?? ""} aria-expanded={isOpen} disabled={all.length === 0} onClick={() => setOpen(!isOpen)}>
        <Icon size={16} aria-hidden className={classes["level"]} data-level={level} />
        <Text size="sm" fw={500} role="status">
          {all.length > 0 ? t("problemCount", { errors, warnings: all.length - errors }) : t("noProblems")}
        </Text>
        {isChecking && (
          <Text size="xs" c="dimmed">
            {t("checking")}
          </Text>
        )}
      </UnstyledButton>
      {isOpen && all.length > 0 && (
        <ul className={classes["list"]}>
          {all.map((problem) => {
            const node = nodeAt(problem.at);
            const Mark = problem.level === "error" ? IconExclamationCircleFilled : IconAlertTriangleFilled;
            return (
              <li key={`${problem.code} ${problem.at}`}>
                <UnstyledButton className={classes["problem"] ?? ""} disabled={node === null} onClick={() => node !== null && onChoose(node)}>
                  <Mark size={14} aria-hidden className={classes["level"]} data-level={problem.level} />
                  {node !== null && <Text size="sm" fw={600}>{nameOf(definition, node)}</Text>}
                  <Text size="sm">{textOf(problem)}</Text>
                </UnstyledButton>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
