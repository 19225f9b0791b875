import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { send } from "../api/http";
import type { FlowDefinition, FlowTested } from "../contract";

const PAUSE_MS = 400;

/** What the scenarios of a flow come to, run again after each edit. */
export function useTested(definition: FlowDefinition) {
  const [settled] = useDebouncedValue(definition, PAUSE_MS);
  const tested = useQuery({
    queryKey: ["test", numberOf(settled)],
    queryFn: () => send<FlowTested>("POST", "/flows/test", { definition: settled }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  });
  return { ...tested, isRunning: tested.isFetching || settled !== definition };
}

const numbers = new WeakMap<FlowDefinition, number>();
let last = 0;

/** Each document has its own: the key of a query must be short. */
function numberOf(definition: FlowDefinition): number {
  const known = numbers.get(definition);
  if (known !== undefined) return known;
  last += 1;
  numbers.set(definition, last);
  return last;
}
