import { useMemo } from "react";
import { TRIGGERS } from "../graph/catalogue";
import { isList, isTable, isText } from "../graph/definition";
import { useEditor } from "./useEditor";
import { useTeam } from "./useTeam";

/** The variables that this flow may read: its trigger's, the team's, and those that its nodes set. */
export function useVariables(): readonly string[] {
  const { definition } = useEditor();
  const team = useTeam();
  return useMemo(() => {
    const own = TRIGGERS.find(({ name }) => name === definition.trigger)?.variables ?? [];
    const custom = (team?.custom_fields ?? []).map(({ id }) => id);
    const events = (team?.tracked_events ?? []).map(({ number }, place) => `event_count_${number || place + 1}`);
    const set = Object.values(definition.nodes).flatMap(setBy);
    return [...new Set([...own, ...custom, ...events, ...set])];
  }, [definition.trigger, definition.nodes, team]);
}

function setBy(node: Readonly<Record<string, unknown>>): readonly string[] {
  switch (node["type"]) {
    case "http_request":
      return ["var_status", ...(isText(node["save_as"]) ? [node["save_as"]] : [])];
    case "regex":
      return [...String(node["pattern"] ?? "").matchAll(/\(\?P?<(\w+)>/g)].map((found) => `var_${found[1]}`);
    case "set_field":
      return isText(node["field"]) && node["field"] ? [node["field"]] : [];
    case "reply": {
      const form = isList(node["form"]) ? node["form"] : [];
      const fields = form.map((item) => (isTable(item) ? item["field"] : item)).filter(isText);
      return [...fields, ...(node["survey"] === true ? ["satisfaction"] : [])];
    }
    default:
      return [];
  }
}
