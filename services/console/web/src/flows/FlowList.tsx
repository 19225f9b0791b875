import { Anchor, Breadcrumbs, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconFileImport, IconPlus } from "@tabler/icons-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useMe } from "../api/useMe";
import { LoadState } from "../app/LoadState";
import type { Published } from "../publishing/publish";
import { RefusedDialog } from "../publishing/RefusedDialog";
import { AddFlow } from "./AddFlow";
import { DeleteFlow } from "./DeleteFlow";
import { FlowFilters } from "./FlowFilters";
import { FlowTable } from "./FlowTable";
import { ImportFlow } from "./ImportFlow";
import { found, type Line, lines, type Wanted } from "./listing";
import { useFlows } from "./useFlows";

const FlowHistoryDrawer = lazy(() => import("../history/FlowHistoryDrawer"));

type Dialog =
  | { readonly type: "add" | "import" }
  | { readonly type: "history" | "delete"; readonly line: Line }
  | { readonly type: "refused"; readonly line: Line; readonly why: Published };

/** 设置 – 流程管理 – 网页消息流程: every flow of the team, and what can be done with it. */
export function FlowList() {
  const { t, i18n } = useTranslation("flows");
  const flows = useFlows();
  const isAdmin = useMe().data?.role === "admin";
  const [wanted, setWanted] = useState<Wanted>({ text: "", trigger: null, state: null });
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const all = useMemo(() => (flows.data ? lines(flows.data, i18n.language) : []), [flows.data, i18n.language]);
  const shown = useMemo(() => found(all, wanted), [all, wanted]);
  const close = () => setDialog(null);
  return (
    <Stack gap="md" maw={1200}>
      <Breadcrumbs separatorMargin={6} component="nav" aria-label={t("where")}>
        <Text size="sm" c="dimmed">
          {t("settings")}
        </Text>
        <Text size="sm" c="dimmed">
          {t("management")}
        </Text>
        <Anchor component={Link} href="/flows" size="sm" aria-current="page">
          {t("webFlows")}
        </Anchor>
      </Breadcrumbs>
      <Group justify="space-between" gap="sm">
        <Title order={1} size="h2">
          {t("webFlows")}
        </Title>
        {isAdmin && (
          <Group gap="xs">
            <Button
              variant="default"
              leftSection={<IconFileImport size={18} stroke={1.6} aria-hidden />}
              onClick={() => setDialog({ type: "import" })}
            >
              {t("import")}
            </Button>
            <Button leftSection={<IconPlus size={18} stroke={1.8} aria-hidden />} onClick={() => setDialog({ type: "add" })}>
              {t("add")}
            </Button>
          </Group>
        )}
      </Group>
      <FlowFilters wanted={wanted} onChange={setWanted} />
      <LoadState query={flows} />
      {flows.data && (
        <FlowTable
          lines={shown}
          all={all}
          isAdmin={isAdmin}
          onHistory={(line) => setDialog({ type: "history", line })}
          onDelete={(line) => setDialog({ type: "delete", line })}
          onRefused={(line, why) => setDialog({ type: "refused", line, why })}
        />
      )}
      <AddFlow isOpen={dialog?.type === "add"} all={all} onClose={close} />
      <ImportFlow isOpen={dialog?.type === "import"} all={all} onClose={close} />
      <DeleteFlow line={dialog?.type === "delete" ? dialog.line : null} onClose={close} />
      <RefusedDialog
        published={dialog?.type === "refused" ? dialog.why : null}
        flow={dialog?.type === "refused" ? dialog.line.flow : ""}
        onClose={close}
      />
      {dialog?.type === "history" && (
        <Suspense>
          <FlowHistoryDrawer flow={dialog.line.flow} name={dialog.line.name} isOpen onClose={close} />
        </Suspense>
      )}
    </Stack>
  );
}
