import { createContext, type ReactNode, useContext, useMemo } from "react";
import { type Found, nodeAt } from "../graph/checks";
import type { Trouble } from "../canvas/marks";
import { useEditor } from "./useEditor";
import { type Problems, useProblems } from "./useProblems";
import { useProblemText } from "./useProblemText";

const ProblemsContext = createContext<Problems>({ all: [], isChecking: false });

/** What is wrong with the flow, looked at once for all who show it. */
export function ProblemsProvider({ children }: { readonly children: ReactNode }) {
  const { definition } = useEditor();
  return <ProblemsContext value={useProblems(definition)}>{children}</ProblemsContext>;
}

export function useFlowProblems(): Problems {
  return useContext(ProblemsContext);
}

/** What is wrong with one node. */
export function useNodeProblems(id: string): readonly Found[] {
  const { all } = useFlowProblems();
  return useMemo(() => all.filter(({ at }) => nodeAt(at) === id), [all, id]);
}

/** For the canvas: the sentences of each node together, and the worst level of them. */
export function useTroubles(): Readonly<Record<string, Trouble>> {
  const { all } = useFlowProblems();
  const textOf = useProblemText();
  return useMemo(() => {
    const troubles: Record<string, Trouble> = {};
    for (const problem of all) {
      const node = nodeAt(problem.at);
      if (node === null) continue;
      const before = troubles[node];
      const level = before?.level === "error" ? "error" : problem.level;
      troubles[node] = { level, text: before ? `${before.text}\n${textOf(problem)}` : textOf(problem) };
    }
    return troubles;
    // The sentences follow from the problems and the language, which makes `textOf` anew.
  }, [all, textOf]);
}
