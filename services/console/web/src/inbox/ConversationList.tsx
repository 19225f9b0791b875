import { Button, Center, Loader } from "@mantine/core";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { LoadState } from "../app/LoadState";
import type { ConversationSummary, Me } from "../contract";
import { useNow } from "../runs/useNow";
import { ConversationRow } from "./ConversationRow";
import { EmptyState } from "./EmptyState";
import classes from "./Inbox.module.css";
import { type Filters, searchOf } from "./listing";
import type { useConversations } from "./useConversations";
import { useListKeys } from "./useListKeys";

type Props = {
  readonly me: Me;
  readonly visitor: string | null;
  readonly filters: Filters;
  readonly conversations: readonly ConversationSummary[];
  readonly query: ReturnType<typeof useConversations>["query"];
};

/** The conversations, newest first; ↑ and ↓ move, Enter opens. */
export function ConversationList({ me, visitor, filters, conversations, query }: Props) {
  const { t } = useTranslation("inbox");
  const [, navigate] = useLocation();
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const onKeyDown = useListKeys();
  const isFiltered = searchOf(filters) !== "";
  if (query.data === undefined) return <LoadState query={query} />;
  if (conversations.length === 0) {
    return <EmptyState title={t(isFiltered ? "noMatch" : "empty")} hint={t(isFiltered ? "noMatchHint" : "emptyHint")} />;
  }
  return (
    <div
      ref={scroller}
      className={classes.rows}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget: box }) => {
        const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < 600;
        if (isNear && query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
      }}
    >
      <ul className={classes.plain} aria-label={t("conversations")}>
        {conversations.map((one) => (
          <ConversationRow
            key={one.visitor}
            conversation={one}
            me={me}
            now={now}
            isOpen={one.visitor === visitor}
            href={`/inbox/${one.visitor}${searchOf(filters)}`}
            onOpen={navigate}
          />
        ))}
      </ul>
      {query.isFetchingNextPage ? (
        <Center p="sm">
          <Loader size="sm" aria-label={t("loading")} />
        </Center>
      ) : (
        query.hasNextPage && (
          <Button variant="subtle" size="compact-sm" m="sm" onClick={() => void query.fetchNextPage()}>
            {t("more")}
          </Button>
        )
      )}
    </div>
  );
}
