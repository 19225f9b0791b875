import { ActionIcon, Anchor, Button, Group, SegmentedControl, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearch } from "wouter";
import { useNames } from "../runs/useNames";
import { useNow } from "../runs/useNow";
import { EventList } from "./EventList";
import { since, SINCE, type Since } from "./since";
import { useExplained } from "./useExplained";
import { useVisitorRuns } from "./useVisitorRuns";
import { VisitorRuns } from "./VisitorRuns";
import classes from "./Visitor.module.css";

/** Why a visitor got what they got: each of their events with the run that it started, or why it started none. */
export function Visitor({ visitor }: { readonly visitor: string }) {
  const { t } = useTranslation("runs");
  const [path, navigate] = useLocation();
  const span = since(useSearch());
  const now = useNow();
  const names = useNames();
  const explained = useExplained(visitor, span);
  const runs = useVisitorRuns(visitor);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <div>
          <Group gap="xs" wrap="nowrap">
            <ActionIcon component={Link} href="/runs" variant="subtle" color="gray" aria-label={t("back")} title={t("back")}>
              <IconArrowLeft size={18} aria-hidden />
            </ActionIcon>
            <Title order={1} size="h3" className={classes.title ?? ""}>
              {t("visitorTitle", { visitor })}
            </Title>
          </Group>
          <Text size="sm" c="dimmed">
            {t("visitorText")}
          </Text>
        </div>
        <SegmentedControl
          size="xs"
          aria-label={t("time")}
          data={SINCE.map((value) => ({ value, label: t(`span.${value}`) }))}
          value={span}
          onChange={(value: Since) => navigate(`${path}?since=${value}`, { replace: true })}
        />
      </Group>
      <div className={classes.columns}>
        <section aria-labelledby="events">
          <Title order={2} size="h5" id="events" mb="xs">
            {t("events")}
          </Title>
          <EventList explained={explained} now={now} names={names} />
        </section>
        <section aria-labelledby="runs">
          <Group justify="space-between" mb="xs">
            <Title order={2} size="h5" id="runs">
              {t("runs")}
            </Title>
            <Anchor component={Link} href={`/runs?visitor=${visitor}`} size="sm">
              {t("allRuns")}
            </Anchor>
          </Group>
          <VisitorRuns runs={runs} now={now} names={names} />
        </section>
      </div>
    </Stack>
  );
}

/** Asks whose events are wanted. */
export function AskVisitor() {
  const { t } = useTranslation("runs");
  const [, navigate] = useLocation();
  return (
    <Stack gap="md" maw={520}>
      <div>
        <Title order={1} size="h3">
          {t("whyNothing")}
        </Title>
        <Text size="sm" c="dimmed">
          {t("visitorText")}
        </Text>
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const visitor = new FormData(event.currentTarget).get("visitor");
          if (typeof visitor === "string" && visitor.trim()) navigate(`/visitors/${encodeURIComponent(visitor.trim())}`);
        }}
      >
        <Group align="flex-end" wrap="nowrap">
          <TextInput name="visitor" label={t("visitorAsk")} description={t("visitorHint")} required autoFocus flex={1} />
          <Button type="submit">{t("look")}</Button>
        </Group>
      </form>
    </Stack>
  );
}
