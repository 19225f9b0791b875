import { Anchor, Button, Center, Checkbox, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import type { RunSummary } from "../contract";
import { isFiltered } from "./filters";
import { RunFilters } from "./RunFilters";
import classes from "./RunList.module.css";
import { RunTable } from "./RunTable";
import { useFilters } from "./useFilters";
import { useFlowList, useNames } from "./useNames";
import { useNow } from "./useNow";
import { useOutcomes } from "./useOutcomes";
import { useRuns } from "./useRuns";

/** The team's runs, as they come. */
export function RunList() {
  const { t } = useTranslation("runs");
  const [, navigate] = useLocation();
  const [filters, setFilters] = useFilters();
  const [isExact, setExact] = useLocalStorage({ key: "frontdesk.exactTimes", defaultValue: false });
  const now = useNow();
  const names = useNames();
  const { data: list } = useFlowList();
  const outcomes = useOutcomes(filters.flow);
  const { query, runs } = useRuns(filters, now);
  const { fetchNextPage, isFetchingNextPage, hasNextPage } = query;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const open = useCallback((run: RunSummary) => navigate(`/runs/${run.run}`), [navigate]);
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <Group gap="sm" align="baseline">
          <Title order={1} size="h3">
            {t("title")}
          </Title>
          <Text size="sm" c="dimmed" aria-live="off">
            {query.isSuccess && t(hasNextPage ? "countMore" : "count", { count: runs.length })}
          </Text>
        </Group>
        <Group gap="md">
          <Checkbox
            size="xs"
            label={t("exactTimes")}
            checked={isExact}
            onChange={({ currentTarget }) => setExact(currentTarget.checked)}
          />
          <Anchor component={Link} href={`/visitors/${filters.visitor}`} size="sm">
            {t("whyNothing")}
          </Anchor>
        </Group>
      </div>
      <RunFilters filters={filters} flows={list?.flows ?? []} outcomes={outcomes} onChange={setFilters} />
      {query.isPending ? (
        <Center flex={1}>
          <Loader aria-label={t("title")} />
        </Center>
      ) : query.isError && runs.length === 0 ? (
        <Failed onRetry={() => void query.refetch()} />
      ) : runs.length === 0 ? (
        <Empty isFiltered={isFiltered(filters)} />
      ) : (
        <RunTable
          key={JSON.stringify(filters)}
          runs={runs}
          hasMore={hasNextPage}
          now={now}
          isExact={isExact}
          names={names}
          onMore={more}
          onOpen={open}
        />
      )}
    </div>
  );
}

function Empty({ isFiltered }: { readonly isFiltered: boolean }) {
  const { t } = useTranslation("runs");
  return (
    <div className={`${classes.frame} ${classes.empty}`}>
      <Stack gap={4}>
        <Text fw={500}>{t(isFiltered ? "noMatch" : "noRuns")}</Text>
        <Text size="sm" c="dimmed">
          {t(isFiltered ? "noMatchHint" : "noRunsHint")}
        </Text>
      </Stack>
    </div>
  );
}

function Failed({ onRetry }: { readonly onRetry: () => void }) {
  const { t } = useTranslation("runs");
  return (
    <div className={`${classes.frame} ${classes.empty}`} role="alert">
      <Stack gap="sm" align="center">
        <Text fw={500}>{t("listFailed")}</Text>
        <Button variant="light" onClick={onRetry}>
          {t("again")}
        </Button>
      </Stack>
    </div>
  );
}
