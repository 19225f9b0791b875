import type { Flow } from "./api";
import { element } from "./dom";
import type { Strings } from "./strings";

/** The flows as cards, the active ones first. */
export function flowCards(flows: readonly Flow[], strings: Strings): HTMLElement[] {
  if (!flows.length) return [element("li", { class: "empty", text: strings.noFlows })];
  const rank = (flow: Flow): number => (flow.active === null ? 1 : 0);
  return [...flows].sort((a, b) => rank(a) - rank(b)).map((flow) => card(flow, strings));
}

function card(flow: Flow, strings: Strings): HTMLElement {
  const isActive = flow.active !== null;
  const state = isActive ? `${strings.active} · v${flow.active}` : strings.inactive;
  return element(
    "li",
    { class: isActive ? "flow active" : "flow" },
    element("p", { class: "dot", text: state }),
    element("h2", { text: flow.name }),
    element("p", { text: strings.triggers[flow.trigger] ?? flow.trigger }),
    element("p", { class: "soft" }, element("code", { text: flow.flow }), ` · ${strings.versions(flow.versions)}`),
  );
}
