import { useTranslation } from "react-i18next";
import type { Reading } from "./facts";
import classes from "./Run.module.css";
import type { Names } from "./useNames";
import { Value } from "./Value";

type Props = { readonly title: string; readonly readings: readonly Reading[]; readonly names: Names };

/** Facts or variables, one a line; nothing when there are none. */
export function Readings({ title, readings, names }: Props) {
  const { t, i18n } = useTranslation("runs");
  if (readings.length === 0) return null;
  const called = ({ name, of }: Reading): string => {
    const said = i18n.exists(`fact.${name}`, { ns: "runs" }) ? t(`fact.${name}`) : name;
    if (of === "") return said;
    return name === "team" ? of : `${said} · ${of}`;
  };
  return (
    <section className={classes.part}>
      <h3 className={classes.partTitle}>{title}</h3>
      <dl className={classes.readings}>
        {readings.map((reading) => (
          <div key={`${reading.name} ${reading.of}`} className={classes.reading}>
            <dt title={reading.name}>{called(reading)}</dt>
            <dd>
              <Value value={reading.value} names={names} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
