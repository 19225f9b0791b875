import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../contract";
import { useTeam } from "../runs/useNames";
import { AlertMenu } from "./AlertMenu";
import { ConversationList } from "./ConversationList";
import { FoundList } from "./FoundList";
import classes from "./Inbox.module.css";
import { ListFilters } from "./ListFilters";
import { groupsOf } from "./people";
import { useConversations } from "./useConversations";
import { useFilters } from "./useFilters";
import { useFound } from "./useFound";
import { useReadAll } from "./useReadAll";

/** The list of conversations with its filters, or what was searched for. */
export function ListPane({ me, visitor }: { readonly me: Me; readonly visitor: string | null }) {
  const { t } = useTranslation("inbox");
  const [filters, setFilters] = useFilters();
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.trim(), 250);
  const { query, conversations } = useConversations(filters);
  const found = useFound(text.trim() && wanted);
  const { data: team } = useTeam();
  const readAll = useReadAll();
  return (
    <section className={classes.list} aria-label={t("conversations")}>
      <div className={classes.tools}>
        <TextInput
          className={classes.grow ?? ""}
          size="sm"
          type="search"
          role="searchbox"
          aria-label={t("search")}
          placeholder={t("search")}
          maxLength={200}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={text && <CloseButton size="sm" aria-label={t("clearSearch")} onClick={() => setText("")} />}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={({ key }) => key === "Escape" && setText("")}
        />
        <AlertMenu onReadAll={() => readAll(conversations[0]?.seq ?? 0)} />
      </div>
      {text.trim() ? (
        <FoundList text={text.trim()} visitor={visitor} query={found} />
      ) : (
        <>
          <ListFilters filters={filters} groups={groupsOf(team ?? null)} onChange={setFilters} />
          <ConversationList
            me={me}
            visitor={visitor}
            filters={filters}
            conversations={conversations}
            query={query}
          />
        </>
      )}
    </section>
  );
}
