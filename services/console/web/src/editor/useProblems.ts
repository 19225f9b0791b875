import { useQuery } from "@tanstack/react-query";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo } from "react";
import { send } from "../api/http";
import type { FlowDefinition, FlowValidated, Problem } from "../contract";
import { check, type Found, nodeAt } from "../graph/checks";

const QUIET_MS = 600;

export type Problems = {
  /** Errors first. */
  readonly all: readonly Found[];
  /** Whether the service has not yet said what it thinks of this very document. */
  readonly isChecking: boolean;
};

/** What is wrong with the flow: at once what the browser can see, and a moment later all that the service sees. */
export function useProblems(definition: FlowDefinition): Problems {
  const [quiet] = useDebouncedValue(definition, QUIET_MS);
  const content = useContent(quiet);
  const validated = useQuery({
    queryKey: ["validated", numberOf(content)],
    queryFn: async () => ({ of: content, problems: (await send<FlowValidated>("POST", "/flows/validate", { definition: content })).problems }),
    staleTime: Infinity,
    gcTime: 60_000,
    placeholderData: (before) => before,
  });
  const own = useMemo(() => check(definition), [definition]);
  const said = validated.data;
  return useMemo(() => {
    const all = said ? merged(definition, own, said.of, said.problems) : own;
    return { all, isChecking: said?.of !== content || quiet !== definition };
  }, [definition, own, said, content, quiet]);
}

/** What we see ourselves, and of what the service saw that which we cannot see, as far as its node is as it was. */
function merged(definition: FlowDefinition, own: readonly Found[], of: FlowDefinition, said: readonly Problem[]): readonly Found[] {
  const seen = new Set(own.map(({ code, at }) => `${code} ${at}`));
  const places = new Set(own.map(({ at }) => at));
  const isSame = of.nodes === definition.nodes;
  const more = said.filter(({ code, at }) => {
    const node = nodeAt(at);
    const isCurrent = isSame || (node !== null && of.nodes[node] === definition.nodes[node] && !GRAPH.has(code));
    return isCurrent && !seen.has(`${code} ${at}`) && !places.has(at);
  });
  const all = [...own, ...more.map(found)];
  return all.toSorted((one, other) => Number(one.level === "warning") - Number(other.level === "warning"));
}

/** What follows from the whole of the graph, which the browser sees as well. */
const GRAPH = new Set(["no_start", "many_starts", "no_end", "missing_node", "start_has_input", "unreachable_node", "endless_loop", "open_outcome"]);

function found({ code, at, level, detail, hint }: Problem): Found {
  return { code, at, level: level ?? "error", words: { why: "said", detail, hint: hint ?? "" } };
}

const numbers = new WeakMap<object, number>();
let last = 0;

/** A number by which one document is told from another, so that a query's key need not hold it. */
function numberOf(definition: FlowDefinition): number {
  const known = numbers.get(definition) ?? (last += 1);
  numbers.set(definition, known);
  return known;
}

/** What the service looks at. Moving a box asks nobody anything: while the content is the same, so is the object. */
function useContent({ layout: _, comments: __, ...content }: FlowDefinition): FlowDefinition {
  return useMemo(() => content, Object.values({ ...NO_FIELDS, ...content }));
}

const NO_FIELDS = { flow: "", name: "", trigger: "", event: null, cooldown_s: 0, overlap: "", nodes: null, scenarios: null };
