import classes from "./Inbox.module.css";
import { hueOf, initials } from "./people";

type Props = { readonly visitor: string; readonly name: string; readonly isOnline?: boolean | null };

/** Stands for a visitor, with a green dot while they have the page open. */
export function Portrait({ visitor, name, isOnline = null }: Props) {
  return (
    <span className={classes.portrait} style={{ "--hue": hueOf(visitor) }} aria-hidden>
      {initials(name)}
      {isOnline && <span className={classes.dot} />}
    </span>
  );
}
