import { ApiError, fetchEvents, fetchFlows, fetchRuns } from "./api";
import type { Flow, Run } from "./api";
import { byId, element } from "./dom";
import { flowCards } from "./flows";
import { RunList } from "./runs";
import { STRINGS } from "./strings";
import type { Language, Strings } from "./strings";
import { timeline } from "./timeline";

const REFRESH_MS = 3_000;
const REMEMBERED = "frontdesk.console.language";

let language = firstLanguage();
let flows: readonly Flow[] = [];
let runs: readonly Run[] = [];
let drawn = "";

const list = new RunList(byId("runs"), (run, body) => void openRun(run, body));

byId("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  remember(language);
  draw();
});
document.addEventListener("visibilitychange", () => void refresh());
setInterval(() => void refresh(), REFRESH_MS);
void refresh();

/** Asks for what is new, unless nobody looks. */
async function refresh(): Promise<void> {
  if (document.visibilityState !== "visible") return;
  try {
    [flows, runs] = await Promise.all([fetchFlows(), fetchRuns()]);
    draw();
    say("live", words().live);
  } catch (problem) {
    const isOut = problem instanceof ApiError && problem.code === "no_session";
    const detail = problem instanceof ApiError && problem.code === "unavailable" ? problem.message : words().lost;
    say("lost", isOut ? words().signedOut : detail);
  }
}

function draw(): void {
  const strings = words();
  const wanted = JSON.stringify([language, flows]);
  if (wanted !== drawn) {
    document.documentElement.lang = locale();
    byId("flows-title").textContent = strings.flows;
    byId("runs-title").textContent = strings.runs;
    byId("language").textContent = strings.other;
    byId("flows").replaceChildren(...flowCards(flows, strings));
    drawn = wanted;
  }
  list.render(runs, strings, locale());
}

async function openRun(run: Run, body: HTMLElement): Promise<void> {
  try {
    body.replaceChildren(timeline(await fetchEvents(run.run), words(), locale()));
  } catch (problem) {
    const text = problem instanceof ApiError ? problem.message : words().lost;
    body.replaceChildren(element("p", { class: "why", text }));
  }
}

function say(state: "live" | "lost", text: string): void {
  const place = byId("state");
  place.className = `state ${state}`;
  if (place.textContent !== text) place.textContent = text;
}

function words(): Strings {
  return STRINGS[language];
}

function locale(): string {
  return language === "zh" ? "zh-CN" : "en-GB";
}

function firstLanguage(): Language {
  try {
    const kept = localStorage.getItem(REMEMBERED);
    if (kept === "zh" || kept === "en") return kept;
  } catch {
    // Storage may be forbidden: then the browser's language decides each time.
  }
  return navigator.language.startsWith("zh") ? "zh" : "en";
}

function remember(choice: Language): void {
  try {
    localStorage.setItem(REMEMBERED, choice);
  } catch {
    // As above.
  }
}
