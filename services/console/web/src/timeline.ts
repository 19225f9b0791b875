import type { Effect, RunEvent } from "./api";
import { element } from "./dom";
import { factValue, offset, timeOf } from "./format";
import type { Strings } from "./strings";

/** What happened in a run, one line for each event. */
export function timeline(events: readonly RunEvent[], strings: Strings, locale: string): HTMLElement {
  const lines = events.map((event, place) => {
    const time = timeText(event.at, events[0]?.at, events[place - 1]?.at, locale);
    return line(event, time, strings, locale);
  });
  return element("ol", { class: "timeline" }, ...lines);
}

/** The first event's time, then how much later the others were; nothing when no time has passed. */
function timeText(at: string, start: string | undefined, before: string | undefined, locale: string): string {
  if (before === undefined || start === undefined) return timeOf(at, locale, new Date());
  return at === before ? "" : offset(start, at);
}

function line(event: RunEvent, time: string, strings: Strings, locale: string): HTMLElement {
  const kind = event.type.split(".")[1] ?? "";
  const title = strings.events[event.type];
  const head = element("p", { class: "head" });
  head.append(element("strong", { text: title ?? event.node ?? event.type }));
  if (title && event.node) head.append(element("span", { class: "soft", text: event.node }));
  if (event.outcome) head.append(element("span", { class: `outcome ${event.outcome}`, text: event.outcome }));
  if (event.until) {
    const until = timeOf(event.until, locale, new Date());
    head.append(element("span", { class: "soft", text: `${strings.until} ${until}` }));
  }
  head.append(element("time", { class: "soft", text: time, attributes: { datetime: event.at } }));
  return element("li", { class: kind }, head, ...facts(event), ...(event.effects ?? []).flatMap(said), ...why(event));
}

function facts(event: RunEvent): HTMLElement[] {
  return Object.entries(event.facts ?? {}).map(([name, value]) =>
    element("p", { class: "fact" }, element("code", { text: name }), ` ${factValue(value)}`),
  );
}

function said(effect: Effect): HTMLElement[] {
  if (effect.text) return [element("blockquote", { text: effect.text })];
  return effect.agents ? [element("p", { class: "fact", text: `→ ${effect.agents.join(", ")}` })] : [];
}

function why(event: RunEvent): HTMLElement[] {
  const reason = event.detail ?? event.reason;
  return reason ? [element("p", { class: "why", text: reason })] : [];
}
