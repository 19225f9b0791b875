import { Badge, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { VisitorCard } from "../contract";
import classes from "./Inbox.module.css";

/** Which of the team's segments the visitor is in, and which cannot be told. */
export function CardSegments({ card }: { readonly card: VisitorCard }) {
  const { t } = useTranslation("inbox");
  const { described } = card;
  const shown = described?.segments.filter(({ is_in }) => is_in !== false) ?? [];
  return (
    <section>
      <h3 className={classes.cardTitle}>{t("segments")}</h3>
      {described === null ? (
        <p className={classes.faint}>{t("describedAway")}</p>
      ) : shown.length === 0 ? (
        <p className={classes.faint}>{t("noSegments")}</p>
      ) : (
        <div className={classes.tags}>
          {shown.map(({ segment, name, is_in, problem }) =>
            is_in ? (
              <Badge key={segment} variant="light" tt="none">
                {name}
              </Badge>
            ) : (
              <Tooltip key={segment} label={t("segmentProblem", { problem })} multiline maw={280}>
                <Badge variant="outline" color="orange" tt="none" tabIndex={0}>
                  {name} ?
                </Badge>
              </Tooltip>
            ),
          )}
        </div>
      )}
    </section>
  );
}
