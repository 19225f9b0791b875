/** A time as short as a list has room for: today the time of day, this year the day, else the date. `now` in ms. */
export function shortTime(at: string, now: number, language: string): string {
  const [date, today] = [new Date(at), new Date(now)];
  const locale = localeOf(language);
  if (date.toDateString() === today.toDateString()) return timeOfDay(at, language);
  if (date.getFullYear() === today.getFullYear()) {
    return new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" }).format(date);
  }
  return new Intl.DateTimeFormat(locale, { dateStyle: "short" }).format(date);
}

/** The time of day, to the minute. */
export function timeOfDay(at: string, language: string): string {
  const format = new Intl.DateTimeFormat(localeOf(language), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return format.format(new Date(at));
}

/** A date with its time, for whoever wants to know. */
export function fullTime(at: string, language: string): string {
  const format = new Intl.DateTimeFormat(localeOf(language), { dateStyle: "medium", timeStyle: "short" });
  return format.format(new Date(at));
}

/** How many days ago a day was. `now` in ms. */
export function daysAgo(at: string, now: number): number {
  const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(Date.parse(at))) / 86_400_000);
}

/** A day in full. */
export function longDay(at: string, language: string): string {
  const format = new Intl.DateTimeFormat(localeOf(language), { dateStyle: "full" });
  return format.format(new Date(at));
}

function localeOf(language: string): string {
  return language === "zh" ? "zh-CN" : "en-GB";
}
