import { Button, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useSearch } from "wouter";
import { LoadState } from "../app/LoadState";
import { useNow } from "../runs/useNow";
import { EmptyState } from "./EmptyState";
import { Highlighted } from "./Highlighted";
import classes from "./Inbox.module.css";
import { filtersOf, nameOf, searchOf } from "./listing";
import { Portrait } from "./Portrait";
import { shortTime } from "./times";
import type { useFound } from "./useFound";
import { useListKeys } from "./useListKeys";

type Props = {
  readonly text: string;
  readonly visitor: string | null;
  readonly query: ReturnType<typeof useFound>;
};

/** The messages that were found; each leads to its place in its conversation. */
export function FoundList({ text, visitor, query }: Props) {
  const { t, i18n } = useTranslation("inbox");
  const now = useNow();
  const search = searchOf(filtersOf(useSearch()));
  const onKeyDown = useListKeys();
  if (query.isError && query.data === undefined) return <LoadState query={query} />;
  const found = query.data?.pages.flatMap((page) => page.found);
  if (found === undefined) return <Loader size="sm" m="md" aria-label={t("loading")} />;
  if (found.length === 0) return <EmptyState title={t("nothingFound", { text })} hint={t("nothingFoundHint")} />;
  return (
    <div className={classes.rows} onKeyDown={onKeyDown}>
      <ul className={classes.plain} aria-label={t("found")}>
        {found.map(({ visitor: who, name, message }) => (
          <li key={`${who} ${message.kind} ${message.id}`}>
            <Link
              href={`/inbox/${who}${search ? `${search}&` : "?"}at=${message.seq}`}
              data-row
              className={classes.row ?? ""}
              aria-current={who === visitor ? "true" : undefined}
            >
              <Portrait visitor={who} name={nameOf({ visitor: who, name })} />
              <span className={classes.rowText}>
                <span className={classes.rowTop}>
                  <span className={classes.rowName}>{name || t("anonymous", { name: nameOf({ visitor: who }) })}</span>
                  <time className={classes.faint} dateTime={message.at}>
                    {shortTime(message.at, now, i18n.language)}
                  </time>
                </span>
                <span className={classes.foundText}>
                  {message.kind === "note" && <span className={classes.tag}>{t("note")}</span>}
                  <Highlighted text={message.text} words={text} />
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button variant="subtle" size="compact-sm" m="sm" onClick={() => void query.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </div>
  );
}
