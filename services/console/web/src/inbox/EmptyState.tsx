import classes from "./Inbox.module.css";

/** There is nothing to show, and why. */
export function EmptyState({ title, hint }: { readonly title: string; readonly hint: string }) {
  return (
    <div className={classes.nothing} role="status">
      <p className={classes.strong}>{title}</p>
      <p>{hint}</p>
    </div>
  );
}
