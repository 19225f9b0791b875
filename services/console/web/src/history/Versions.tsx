import { Alert, Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconArrowBackUp, IconPencil, IconPlayerPlay } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../api/useMe";
import { LoadState } from "../app/LoadState";
import type { FlowDefinition } from "../contract";
import { useFlows } from "../flows/useFlows";
import { useVersion } from "../publishing/useVersion";
import { Comparison } from "./Comparison";
import { useHistory } from "./useHistory";
import { useRollback } from "./useRollback";
import { VersionList } from "./VersionList";
import classes from "./Versions.module.css";
import { versionsOf } from "./versionsOf";

const MINE = "mine";
const ICON = { size: 16, stroke: 1.8, "aria-hidden": true } as const;

/** What an editor around adds: what is edited now, and the way to go on from a version. */
export type Editing = {
  readonly mine: FlowDefinition;
  readonly onTake: (definition: FlowDefinition, version: number) => void;
  readonly onRolledBack: (definition: FlowDefinition, version: number) => void;
};

/** A flow's versions: each beside another one, and the way back to it. */
export function Versions({ flow, editing }: { readonly flow: string; readonly editing: Editing | null }) {
  const { t } = useTranslation("history");
  const history = useHistory(flow);
  const active = useFlows().data?.flows.find((summary) => summary.flow === flow)?.active ?? null;
  const lines = useMemo(() => versionsOf(history.data ?? []), [history.data]);
  const [picked, setPicked] = useState<number | null>(null);
  const [other, setOther] = useState<string | null>(null);
  const chosen = picked ?? lines[0]?.version ?? null;
  const previous = lines.find(({ version }) => chosen !== null && version < chosen)?.version ?? null;
  const beside = other ?? (previous === null ? null : String(previous));
  const number = beside === null || beside === MINE ? null : Number(beside);
  const after = useVersion(flow, chosen).data?.definition;
  const compared = useVersion(flow, number).data?.definition;
  const before = beside === MINE ? editing?.mine : beside === null ? after : compared;
  const others = lines.filter(({ version }) => version !== chosen).map(({ version }) => ({ value: String(version), label: `v${version}` }));
  if (!history.data) return <LoadState query={history} />;
  if (chosen === null) return <Text c="dimmed">{t("none")}</Text>;
  return (
    <div className={classes.versions}>
      <VersionList
        lines={lines}
        active={active}
        chosen={chosen}
        onChoose={(version) => {
          setPicked(version);
          setOther(null);
        }}
      />
      <Stack gap="sm" className={classes.shown ?? ""}>
        <Group justify="space-between" gap="sm" align="flex-end">
          <Select
            size="sm"
            className={classes.beside ?? ""}
            label={t("beside", { version: chosen })}
            placeholder={t("nothingBefore")}
            data={[...(editing ? [{ value: MINE, label: t("mine") }] : []), ...others]}
            value={beside}
            onChange={setOther}
            allowDeselect={false}
          />
          <Ways flow={flow} version={chosen} active={active} definition={after} editing={editing} />
        </Group>
        {before && after ? (
          <div className={classes.comparison}>
            <Comparison
              key={`${chosen} ${beside}`}
              before={before}
              after={after}
              label={beside === MINE ? t("labelMine", { version: chosen }) : beside === null ? `v${chosen}` : t("label", { before: beside, after: chosen })}
            />
          </div>
        ) : (
          <Alert>{t("loading")}</Alert>
        )}
      </Stack>
    </div>
  );
}

type WaysOf = {
  readonly flow: string;
  readonly version: number;
  readonly active: number | null;
  readonly definition: FlowDefinition | undefined;
  readonly editing: Editing | null;
};

function Ways({ flow, version, active, definition, editing }: WaysOf) {
  const { t } = useTranslation("history");
  const rollback = useRollback(flow, (back) => {
    if (definition && back === version) editing?.onRolledBack(definition, back);
  });
  const isAdmin = useMe().data?.role === "admin";
  if (!isAdmin) return null;
  const isBack = active !== null && version < active;
  return (
    <Group gap="xs">
      {editing && definition && (
        <Button
          variant="default"
          leftSection={<IconPencil {...ICON} />}
          onClick={() => editing.onTake(definition, version)}
        >
          {t("take", { version })}
        </Button>
      )}
      <Button
        disabled={version === active}
        loading={rollback.isPending}
        leftSection={isBack ? <IconArrowBackUp {...ICON} /> : <IconPlayerPlay {...ICON} />}
        onClick={() => rollback.mutate(version)}
      >
        {t(version === active ? "isActive" : isBack ? "rollback" : "start", { version })}
      </Button>
    </Group>
  );
}
