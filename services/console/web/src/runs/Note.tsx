import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./Note.module.css";

export type Tone = "good" | "bad" | "waiting" | "quiet" | "other";

type Props = {
  readonly tone: Tone;
  readonly Icon: TablerIcon;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  /** Read out as soon as it is there. */
  readonly role?: "alert" | "status";
  /** What it says, for whoever looks for that. */
  readonly kind?: string;
};

/** Something that the reader should know before going on. */
export function Note({ tone, Icon, title, children, role, kind }: Props) {
  return (
    <div className={classes.note} data-tone={tone} data-kind={kind} role={role}>
      <Icon size={18} stroke={1.8} aria-hidden className={classes.sign} />
      <div className={classes.text}>
        {title !== undefined && <p className={classes.title}>{title}</p>}
        {children}
      </div>
    </div>
  );
}
