import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { nameOf, nextOf } from "../graph/definition";
import { outcomesOf } from "../graph/outcomes";
import type { Linking } from "./linking";
import { announce } from "./useAnnounce";
import { useEditor } from "./useEditor";

/** Connects outcomes with nodes, by whatever way people point at them. */
export function useConnecting(linking: Linking) {
  const { t } = useTranslation("editor");
  const { definition, apply, isReadOnly } = useEditor();

  const connect = useCallback(
    (from: string, outcome: string, to: string) => {
      if (definition.nodes[to]?.["type"] === "start") {
        announce(t("cannotLink"));
        return false;
      }
      if (nextOf(definition.nodes[from])[outcome] !== to) apply({ type: "connect", from, outcome, to });
      announce(t("linked", { from: nameOf(definition, from), outcome, to: nameOf(definition, to) }));
      return true;
    },
    [apply, definition, t],
  );

  /** Begin at an outcome. */
  const begin = useCallback(
    (node: string, outcome: string) => {
      if (isReadOnly) return;
      linking.set({ node, outcome });
      announce(t("linking", { name: nameOf(definition, node), outcome }));
    },
    [definition, isReadOnly, linking, t],
  );

  /** Begin at the first outcome that leads nowhere; when begun there, at the next one. */
  const beginNext = useCallback(
    (node: string) => {
      const config = definition.nodes[node];
      if (!config) return;
      const outcomes = outcomesOf(config);
      const next = nextOf(config);
      const link = linking.get();
      const place = link?.node === node ? (outcomes.indexOf(link.outcome) + 1) % outcomes.length : Math.max(outcomes.findIndex((outcome) => !(outcome in next)), 0);
      const outcome = outcomes[place];
      if (outcome !== undefined) begin(node, outcome);
    },
    [begin, definition.nodes, linking],
  );

  /** End at a node; whether that ended anything. */
  const accept = useCallback(
    (to: string) => {
      const link = linking.get();
      if (!link) return false;
      if (connect(link.node, link.outcome, to)) linking.set(null);
      return true;
    },
    [connect, linking],
  );

  return { connect, begin, beginNext, accept };
}
