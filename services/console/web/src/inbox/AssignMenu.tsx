import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconUserCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Me, TeamSettings } from "../contract";
import classes from "./Inbox.module.css";
import { agentName, groupsOf, membersOf } from "./people";
import { useChanging } from "./useChanging";

type Props = {
  readonly visitor: string;
  readonly me: Me;
  readonly team: TeamSettings | null;
  readonly assigned: readonly string[];
};

/** Who looks after the visitor, and the way to change it. */
export function AssignMenu({ visitor, me, team, assigned }: Props) {
  const { t } = useTranslation("inbox");
  const changing = useChanging(visitor);
  const give = (agents: readonly string[]): void => changing.mutate({ path: "assigned", body: { agents } });
  const agents = team?.agents ?? [];
  const isAll = agents.length > 1 && assigned.length >= agents.length;
  const first = assigned[0];
  const others = assigned.length > 1 ? ` +${assigned.length - 1}` : "";
  const name = first === undefined ? t("nobody") : isAll ? t("everybody") : agentName(team, first) + others;
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          loading={changing.isPending}
          leftSection={<IconUserCheck size={15} aria-hidden />}
          rightSection={<IconChevronDown size={13} aria-hidden />}
          aria-label={`${t("assigned")}: ${name}`}
          className={classes.assign ?? ""}
        >
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => give([me.agent])}>{t("assignMe")}</Menu.Item>
        <Menu.Item onClick={() => give([])}>{t("assignNobody")}</Menu.Item>
        {agents.length > 1 && <Menu.Item onClick={() => give(agents.map(({ id }) => id))}>{t("everybody")}</Menu.Item>}
        {agents.length > 1 && <Menu.Divider />}
        {agents
          .filter(({ id }) => id !== me.agent)
          .map(({ id }) => (
            <Menu.Item key={id} onClick={() => give([id])}>
              {agentName(team, id)}
            </Menu.Item>
          ))}
        {groupsOf(team).length > 0 && <Menu.Label>{t("group")}</Menu.Label>}
        {groupsOf(team).map((group) => (
          <Menu.Item key={group} onClick={() => give(membersOf(team, group))}>
            {group}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
