import type { ReactNode } from "react";
import { useId } from "react";
import classes from "./panel.module.css";

/** A part of a panel, under its heading. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className={classes["section"]} aria-labelledby={id}>
      <h3 id={id} className={classes["title"]}>
        {title}
      </h3>
      {children}
    </section>
  );
}
