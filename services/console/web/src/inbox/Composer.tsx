import { Button, SegmentedControl, Textarea } from "@mantine/core";
import { IconLock, IconSend } from "@tabler/icons-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { CannedPicker } from "./CannedPicker";
import classes from "./Inbox.module.css";
import type { Outbox } from "./outbox";
import { useDraft } from "./useDraft";
import { useSayTyping } from "./useSayTyping";

type Props = { readonly visitor: string; readonly name: string; readonly outbox: Outbox };
type Kind = "message" | "note";

const MOST = 4_000;

/** Where replies and notes are written. Nothing that was typed is lost, and nothing goes twice. */
export function Composer({ visitor, name, outbox }: Props) {
  const { t } = useTranslation("inbox");
  const [kind, setKind] = useState<Kind>("message");
  const [text, write] = useDraft(visitor, kind);
  const [isPicking, setPicking] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const sayTyping = useSayTyping(visitor);
  const over = text.length - MOST;
  const isNote = kind === "note";
  const submit = (): void => {
    const said = text.trim();
    if (!said || over > 0) return;
    outbox.add(visitor, kind, said);
    write("");
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return; // Enter ends the choice of an input method
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "/" && text === "" && !isNote) {
      event.preventDefault();
      setPicking(true);
    }
  };
  const insert = (said: string): void => {
    setPicking(false);
    write(text ? `${text.trimEnd()}\n${said}` : said);
    requestAnimationFrame(() => area.current?.focus());
  };
  return (
    <form
      className={classes.composer}
      data-note={isNote || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Textarea
        ref={area}
        autosize
        minRows={2}
        maxRows={8}
        variant="unstyled"
        aria-label={t(isNote ? "writeNote" : "writeReply", { name })}
        placeholder={t(isNote ? "writeNote" : "writeReply", { name })}
        error={over > 0 && t("tooLong", { most: MOST, count: over })}
        value={text}
        onKeyDown={onKeyDown}
        onChange={({ currentTarget }) => {
          write(currentTarget.value);
          if (!isNote && currentTarget.value) sayTyping();
        }}
      />
      <div className={classes.actions}>
        <SegmentedControl
          size="xs"
          value={kind}
          onChange={(value) => setKind(value === "note" ? "note" : "message")}
          data={[
            { value: "message", label: t("reply") },
            { value: "note", label: t("note") },
          ]}
        />
        <CannedPicker visitor={visitor} isOpen={isPicking} onOpen={setPicking} onPick={insert} isDisabled={isNote} />
        <span className={classes.hint}>{t("sendHint")}</span>
        <Button
          type="submit"
          size="xs"
          {...(isNote ? { color: "yellow" } : {})}
          disabled={!text.trim() || over > 0}
          leftSection={isNote ? <IconLock size={15} aria-hidden /> : <IconSend size={15} aria-hidden />}
        >
          {t(isNote ? "saveNote" : "send")}
        </Button>
      </div>
    </form>
  );
}
