import { AppShell, Burger, Group, NavLink, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconHistory, IconRoute, IconUser } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import type { Me } from "../contract";
import { Appearance } from "./Appearance";
import { Away } from "./Away";
import classes from "./Shell.module.css";

const PAGES = [
  { path: "/flows", word: "flows", Icon: IconRoute },
  { path: "/runs", word: "runs", Icon: IconHistory },
  { path: "/account", word: "account", Icon: IconUser },
] as const;

/** The frame around every page: where one is, where one can go, and whether the service answers. */
export function Shell({ me, children }: { readonly me: Me; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [path] = useLocation();
  const [isOpen, menu] = useDisclosure(false);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header className={classes.header}>
        <Group gap="xs">
          <Burger opened={isOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={t("menu")} />
          <img src="/icon.svg" alt="" width={26} height={26} />
          <Text fw={650}>Frontdesk</Text>
        </Group>
        <Group gap="sm">
          <Away />
          <Appearance />
          <Text size="sm" c="dimmed" visibleFrom="xs">
            {me.name || me.agent}
          </Text>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t("menu")}>
        {PAGES.map(({ path: to, word, Icon }) => (
          <NavLink
            key={to}
            component={Link}
            href={to}
            label={t(word)}
            leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
            active={path.startsWith(to)}
            aria-current={path.startsWith(to) ? "page" : undefined}
            onClick={menu.close}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main>{children}</AppShell.Main>
    </AppShell>
  );
}
