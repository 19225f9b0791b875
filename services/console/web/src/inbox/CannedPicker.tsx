import { ActionIcon, Loader, Popover, TextInput, Tooltip } from "@mantine/core";
import { IconMessageBolt } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LoadState } from "../app/LoadState";
import { CannedOptions } from "./CannedOptions";
import classes from "./Inbox.module.css";
import { useCanned } from "./useCanned";

type Props = {
  readonly visitor: string;
  readonly isOpen: boolean;
  readonly isDisabled: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly onPick: (text: string) => void;
};

/** The team's canned replies as this visitor would get them; the one that is picked can still be changed. */
export function CannedPicker({ visitor, isOpen, isDisabled, onOpen, onPick }: Props) {
  const { t } = useTranslation("inbox");
  const [wanted, setWanted] = useState("");
  const [place, setPlace] = useState(0);
  const query = useCanned(visitor, isOpen);
  const needle = wanted.trim().toLocaleLowerCase();
  const all = query.data?.messages ?? [];
  const shown = all.filter(({ id, text }) => `${id} ${text}`.toLocaleLowerCase().includes(needle));
  const active = shown[Math.min(place, shown.length - 1)];
  return (
    <Popover opened={isOpen} onChange={onOpen} position="top-start" width={360} trapFocus shadow="md" withinPortal={false}>
      <Popover.Target>
        <Tooltip label={t("canned")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={30}
            disabled={isDisabled}
            aria-label={t("canned")}
            onClick={() => onOpen(!isOpen)}
          >
            <IconMessageBolt size={19} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="xs" className={classes.canned ?? ""} aria-label={t("canned")}>
        <TextInput
          size="xs"
          data-autofocus
          aria-label={t("cannedSearch")}
          placeholder={t("cannedSearch")}
          role="combobox"
          aria-expanded
          aria-controls="canned-options"
          aria-activedescendant={active && `canned-${active.id}`}
          value={wanted}
          onChange={({ currentTarget }) => {
            setWanted(currentTarget.value);
            setPlace(0);
          }}
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (step) setPlace(Math.max(0, Math.min(place + step, shown.length - 1)));
            else if (event.key === "Enter" && active) onPick(active.text);
            else return;
            event.preventDefault();
          }}
        />
        {query.data ? (
          <CannedOptions messages={shown} active={active?.id ?? ""} hasAny={all.length > 0} onPick={onPick} />
        ) : query.isError ? (
          <LoadState query={query} />
        ) : (
          <Loader size="sm" m="sm" aria-label={t("loading")} />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
