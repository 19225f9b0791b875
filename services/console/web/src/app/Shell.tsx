import { Burger, Group, Menu, NavLink, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconHistory, IconInbox, IconLogout, IconRoute, IconUser } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { useSignOut } from "../account/useSignOut";
import type { Me } from "../contract";
import { useAlerts } from "../inbox/useAlerts";
import { useAttendance } from "../inbox/useAttendance";
import { useSettings } from "../inbox/useSettings";
import { Appearance } from "./Appearance";
import { Away } from "./Away";
import classes from "./Shell.module.css";
import { useTitle } from "./useTitle";

const PAGES = [
  { path: "/inbox", word: "inbox", Icon: IconInbox },
  { path: "/flows", word: "flows", Icon: IconRoute },
  { path: "/runs", word: "runs", Icon: IconHistory },
] as const;

/**
 * The frame around every page: where one is, where one can go, and whether the service answers. The editor and the inbox get all of
 * the room below the header (`--page-height`), without padding, beside a narrow rail.
 */
export function Shell({ me, children }: { readonly me: Me; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [path] = useLocation();
  const [isOpen, menu] = useDisclosure(false);
  const isEditor = /^\/(flows\/.|inbox)/.test(path);
  const waiting = useAlerts(me, path);
  const { hasBadge } = useSettings();
  useTitle(path, hasBadge ? waiting : 0);
  useAttendance(me, path);
  const pages = PAGES.filter(({ word }) => word !== "inbox" || me.role !== "sre");
  return (
    <div className={classes.shell} data-rail={isEditor || undefined} data-open={isOpen || undefined}>
      <a className={classes.skip} href="#page">
        {t("skip")}
      </a>
      <header className={classes.header}>
        <Group gap="xs" wrap="nowrap">
          <Burger opened={isOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={t("menu")} />
          <img src="/icon.svg" alt="" width={26} height={26} />
          <Text fw={650}>Frontdesk</Text>
        </Group>
        <Group gap="xs" wrap="nowrap">
          <Away />
          <Appearance />
          <Person me={me} />
        </Group>
      </header>
      <nav className={classes.nav} aria-label={t("menu")}>
        {pages.map(({ path: to, word, Icon }) => (
          <Tooltip key={to} label={t(word)} position="right" disabled={!isEditor}>
            <NavLink
              component={Link}
              href={to}
              label={<span className={classes.word}>{t(word)}</span>}
              leftSection={<Icon size={20} stroke={1.6} aria-hidden />}
              rightSection={word === "inbox" && waiting > 0 && <Waiting count={waiting} />}
              active={path.startsWith(to)}
              aria-current={path.startsWith(to) ? "page" : undefined}
              className={classes.link}
              onClick={menu.close}
            />
          </Tooltip>
        ))}
      </nav>
      <main id="page" className={classes.page} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Waiting({ count }: { readonly count: number }) {
  const { t } = useTranslation();
  return (
    <span className={classes.waiting}>
      <span aria-hidden>{count > 99 ? "99+" : count}</span>
      <span className={classes.unseen}>{t("waiting", { count })}</span>
    </span>
  );
}

function Person({ me }: { readonly me: Me }) {
  const { t } = useTranslation();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <UnstyledButton className={classes.person} aria-label={t("person", { name: me.name || me.agent })}>
          <IconUser size={18} stroke={1.6} aria-hidden />
          <Text size="sm" visibleFrom="xs" truncate>
            {me.name || me.agent}
          </Text>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t(`roles.${me.role}`)}</Menu.Label>
        <Menu.Item component={Link} href="/account" leftSection={<IconUser size={16} aria-hidden />}>
          {t("account")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate("here")}>
          {t("signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
