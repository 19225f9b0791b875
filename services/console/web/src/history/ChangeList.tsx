import { Anchor, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDefinition } from "../contract";
import { type Edge, edgeKey, nameOf, nextOf } from "../graph/definition";
import type { FlowDiff } from "../graph/diff";
import classes from "./Comparison.module.css";
import type { Kind } from "./drawing";
import { short } from "./short";

type Compared = { readonly before: FlowDefinition; readonly after: FlowDefinition; readonly diff: FlowDiff };

/** Everything that is different, in words. `onShow` gets the node that a line is about. */
export function ChangeList({ before, after, diff, onShow }: Compared & { readonly onShow: (node: string) => void }) {
  const { t, i18n } = useTranslation("history");
  const { t: ofField } = useTranslation("fields");
  const fieldName = (field: string) => (i18n.exists(`${field}.label`, { ns: "fields" }) ? ofField(`${field}.label`) : field);
  if (diff.isEmpty) return <Text size="sm">{t("same")}</Text>;
  const show = (id: string, flow: FlowDefinition) => (
    <Anchor component="button" type="button" size="sm" onClick={() => onShow(id)}>
      {nameOf(flow, id)}
    </Anchor>
  );
  return (
    <Stack component="ul" gap={6} m={0} p={0} className={classes.list ?? ""}>
      {diff.fields.map((field) => (
        <Line key={field} kind="changed">
          {t(`fields.${field}`)} <Values before={before[field]} after={after[field]} />
        </Line>
      ))}
      {diff.nodes.added.map((id) => (
        <Line key={id} kind="added">
          {show(id, after)}
        </Line>
      ))}
      {diff.nodes.removed.map((id) => (
        <Line key={id} kind="removed">
          {show(id, before)}
        </Line>
      ))}
      {Object.entries(diff.nodes.changed).map(([id, fields]) => (
        <Line key={id} kind="changed">
          {show(id, after)}
          {fields.map((field) => (
            <div key={field}>
              <Text span size="xs" c="dimmed">
                {fieldName(field)}
              </Text>{" "}
              <Values before={before.nodes[id]?.[field]} after={after.nodes[id]?.[field]} />
            </div>
          ))}
        </Line>
      ))}
      <Edges before={before} after={after} diff={diff} />
      {(["added", "removed", "changed"] as const).flatMap((kind) =>
        diff.scenarios[kind].map((name) => (
          <Line key={`${kind} ${name}`} kind={kind}>
            {t("scenario", { name })}
          </Line>
        )),
      )}
    </Stack>
  );
}

function Edges({ before, after, diff }: Compared) {
  const isTurned = ({ from, outcome }: Edge) => outcome in nextOf(before.nodes[from]);
  const isMoved = ({ from, outcome }: Edge) => outcome in nextOf(after.nodes[from]);
  const text = (flow: FlowDefinition, { from, outcome, to }: Edge) =>
    `${nameOf(flow, from)}:${outcome} → ${nameOf(flow, to)}`;
  return (
    <>
      {diff.edges.added.map((edge) => (
        <Line key={`+ ${edgeKey(edge.from, edge.outcome)}`} kind={isTurned(edge) ? "changed" : "added"}>
          {text(after, edge)}
        </Line>
      ))}
      {diff.edges.removed
        .filter((edge) => !isMoved(edge))
        .map((edge) => (
          <Line key={`- ${edgeKey(edge.from, edge.outcome)}`} kind="removed">
            {text(before, edge)}
          </Line>
        ))}
    </>
  );
}

function Line({ kind, children }: { readonly kind: Kind; readonly children: ReactNode }) {
  const { t } = useTranslation("history");
  return (
    <Text component="li" size="sm" className={classes.line ?? ""} data-kind={kind}>
      <span className={classes.kind}>{t(kind)}</span>
      <div>{children}</div>
    </Text>
  );
}

function Values({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  return (
    <span className={classes.values}>
      {before !== undefined && before !== null && <del>{short(before)}</del>}
      {after !== undefined && after !== null && <ins>{short(after)}</ins>}
    </span>
  );
}
