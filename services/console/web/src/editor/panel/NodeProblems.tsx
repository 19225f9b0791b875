import { Alert, List } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNodeProblems } from "../ProblemsProvider";
import { useProblemText } from "../useProblemText";

/** What is wrong with the node. */
export function NodeProblems({ id }: { readonly id: string }) {
  const { t } = useTranslation("editor");
  const problems = useNodeProblems(id);
  const textOf = useProblemText();
  if (problems.length === 0) return null;
  const hasError = problems.some(({ level }) => level === "error");
  return (
    <Alert variant="light" color={hasError ? "red" : "orange"} p="xs" title={t("problemList")}>
      <List size="sm" spacing={2}>
        {problems.map((problem) => (
          <List.Item key={`${problem.code} ${problem.at}`}>{textOf(problem)}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
