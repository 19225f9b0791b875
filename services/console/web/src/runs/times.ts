const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const relatives = new Map<string, Intl.RelativeTimeFormat>();
const exacts = new Map<string, Intl.DateTimeFormat>();

/** A time as people say it: how long ago, or how long until then. `now` in ms. */
export function relative(at: string, now: number, language: string): string {
  const seconds = (Date.parse(at) - now) / 1_000;
  const format = relativeIn(language);
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  const whole = Math.trunc(seconds);
  return Math.abs(whole) < 5 ? format.format(0, "second") : format.format(whole, "second");
}

/** A time to the millisecond, in the browser's zone unless another one is given. */
export function exact(at: string, language: string, timeZone?: string): string {
  const parts = exactIn(language, timeZone).formatToParts(new Date(at));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? "";
  const day = `${part("year")}-${part("month")}-${part("day")}`;
  return `${day} ${part("hour")}:${part("minute")}:${part("second")}.${part("fractionalSecond")}`;
}

/** The time of day to the millisecond, in the browser's zone. */
export function clock(at: string, language: string): string {
  return exact(at, language).slice(11);
}

/** A length of time (ms) in the unit that fits it. */
export function span(ms: number, language: string): string {
  const words = language === "zh" ? ZH : EN;
  if (ms < 1_000) return `${Math.round(ms)} ${words.ms}`;
  if (ms < 120_000) return `${Number((ms / 1_000).toFixed(1))} ${words.s}`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 120) return `${minutes} ${words.min}`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} ${words.h}` : `${Math.floor(hours / 24)} ${words.d}`;
}

/** From the first event of a run to its last; empty while it goes on, or when it was over at once. */
export function tookOf(run: { readonly started_at: string; readonly ended_at: string | null }, language: string): string {
  const ms = run.ended_at === null ? 0 : Date.parse(run.ended_at) - Date.parse(run.started_at);
  return ms > 0 ? span(ms, language) : "";
}

/** Formats are dear to make: a long list would make thousands. */
function relativeIn(language: string): Intl.RelativeTimeFormat {
  return kept(relatives, language, () => {
    return new Intl.RelativeTimeFormat(language === "zh" ? "zh-CN" : "en", { numeric: "auto", style: "short" });
  });
}

function exactIn(language: string, timeZone: string | undefined): Intl.DateTimeFormat {
  return kept(exacts, `${language} ${timeZone}`, () => {
    return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      fractionalSecondDigits: 3,
      hourCycle: "h23",
      ...(timeZone === undefined ? {} : { timeZone }),
    });
  });
}

function kept<T>(formats: Map<string, T>, key: string, make: () => T): T {
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = make();
  formats.set(key, made);
  return made;
}

const EN = { ms: "ms", s: "s", min: "min", h: "h", d: "d" };
const ZH = { ms: "毫秒", s: "秒", min: "分钟", h: "小时", d: "天" };
