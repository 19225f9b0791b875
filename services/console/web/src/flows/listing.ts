import type { DraftSummary, Flows, FlowSummary } from "../contract";

/** One line of the list: a flow that was published, one that so far is a draft, or both. */
export type Line = {
  readonly flow: string;
  readonly name: string;
  readonly trigger: string;
  /** The version that answers its trigger; null: it is stopped. */
  readonly active: number | null;
  /** How many were published; 0: there is only the draft. */
  readonly versions: number;
  readonly draft: DraftSummary | null;
};

export type Wanted = { readonly text: string; readonly trigger: string | null; readonly state: State | null };
export type State = "active" | "stopped" | "draft";

/** Every line, the active ones first, then by name. */
export function lines({ flows, drafts }: Flows, locale: string): readonly Line[] {
  const byFlow = new Map(drafts.map((draft) => [draft.flow, draft]));
  const published = flows.map((flow) => withDraft(flow, byFlow.get(flow.flow) ?? null));
  const known = new Set(flows.map(({ flow }) => flow));
  const added = drafts.filter(({ flow }) => !known.has(flow)).map(unpublished);
  const order = new Intl.Collator(locale, { numeric: true });
  return [...published, ...added].sort(
    (one, other) =>
      Number(other.active !== null) - Number(one.active !== null) ||
      order.compare(one.name, other.name) ||
      order.compare(one.flow, other.flow),
  );
}

/** Those that were asked for. */
export function found(all: readonly Line[], wanted: Wanted): readonly Line[] {
  const text = wanted.text.trim().toLowerCase();
  return all.filter(
    (line) =>
      (text === "" || line.name.toLowerCase().includes(text) || line.flow.includes(text)) &&
      (wanted.trigger === null || line.trigger === wanted.trigger) &&
      (wanted.state === null || isIn(line, wanted.state)),
  );
}

function isIn(line: Line, state: State): boolean {
  switch (state) {
    case "active":
      return line.active !== null;
    case "stopped":
      return line.active === null;
    case "draft":
      return line.draft !== null;
    default:
      return state satisfies never;
  }
}

function withDraft(flow: FlowSummary, draft: DraftSummary | null): Line {
  return { ...flow, draft };
}

function unpublished(draft: DraftSummary): Line {
  return { flow: draft.flow, name: draft.name, trigger: draft.trigger, active: null, versions: 0, draft };
}
