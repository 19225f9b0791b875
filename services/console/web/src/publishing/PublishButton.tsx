import { ActionIcon, Button, Group, Menu, Tooltip } from "@mantine/core";
import { IconChevronDown, IconPlayerPlay, IconPlayerStop, IconUpload } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNotice } from "../app/useNotice";
import { useEditor } from "../editor/useEditor";
import { useStop } from "../flows/useStop";
import { Missing } from "./Missing";
import type { Published } from "./publish";
import { usePublish } from "./usePublish";
import { useReplaced } from "./useReplaced";
import { useStanding } from "./useStanding";
import { useStartedNotice } from "./useStartedNotice";

const VersionConflict = lazy(() => import("./VersionConflict"));
const ICON = { size: 16, stroke: 1.8, "aria-hidden": true } as const;

/** Starts, publishes and stops the flow that is edited. Inside an editor. `onScenarios` shows its scenarios. */
export function PublishButton({ onScenarios }: { readonly onScenarios?: () => void }) {
  const { t } = useTranslation("publishing");
  const { flow, definition, base, isReadOnly } = useEditor();
  const { active, isChanged, isMoved } = useStanding();
  const replaced = useReplaced(definition);
  const notice = useNotice();
  const tellStarted = useStartedNotice();
  const publish = usePublish();
  const stop = useStop();
  const [outcome, setOutcome] = useState<{ readonly published: Published; readonly activate: boolean } | null>(null);
  if (isReadOnly) return null;
  const go = (activate: boolean) =>
    publish.mutate(
      { definition, base, activate },
      {
        onSuccess: (published) => {
          if (published.type !== "published") return setOutcome({ published, activate });
          if (activate) tellStarted(definition.name, published.pushed.replaced);
          else notice.done(t(isChanged ? "publishedOnly" : "placesSaved", { version: published.pushed.version }));
        },
        onError: notice.failed,
      },
    );
  const isActive = active !== null;
  const halt = () => stop.mutate({ flow, name: definition.name });
  const main = !isActive
    ? { word: t("start"), icon: <IconPlayerPlay {...ICON} />, take: () => go(true) }
    : isChanged
      ? { word: t("publishChanges"), icon: <IconUpload {...ICON} />, take: () => go(true) }
      : { word: t("stop"), icon: <IconPlayerStop {...ICON} />, take: halt };
  const hint = replaced && !isActive ? t("replaces", { name: replaced.name }) : "";
  return (
    <Group gap={1} wrap="nowrap">
      <Tooltip label={hint} disabled={!hint} multiline maw={280}>
        <Button
          size="sm"
          variant={isActive && !isChanged ? "default" : "filled"}
          leftSection={main.icon}
          loading={publish.isPending || stop.isPending}
          aria-description={hint || undefined}
          onClick={main.take}
        >
          {main.word}
        </Button>
      </Tooltip>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon size={36} variant={isActive && !isChanged ? "default" : "filled"} aria-label={t("more")}>
            <IconChevronDown {...ICON} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconUpload {...ICON} />} disabled={!isChanged && !isMoved} onClick={() => go(false)}>
            {t(isMoved && !isChanged ? "savePlaces" : "publishOnly")}
          </Menu.Item>
          <Menu.Item leftSection={<IconPlayerStop {...ICON} />} disabled={!isActive} onClick={halt}>
            {t("stop")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Missing
        refused={outcome?.published.type === "refused" ? outcome.published : null}
        onScenarios={onScenarios}
        onClose={() => setOutcome(null)}
      />
      {outcome?.published.type === "conflict" && (
        <Suspense>
          <VersionConflict
            conflict={outcome.published.conflict}
            activate={outcome.activate}
            onOutcome={setOutcome}
            onClose={() => setOutcome(null)}
          />
        </Suspense>
      )}
    </Group>
  );
}
