import { expect, test } from "vitest";
import { adviceFor, reasonOf } from "./reasons";
import { exact, relative, span } from "./times";
import { scenariosIn } from "./toml";

test("the service's reasons are told in words of our own, with what they name", () => {
  expect(reasonOf("cooldown: the last run began 12 s before, and cooldown_s is 3600")).toEqual({
    key: "reason.cooldown", values: { ago: "12", cooldown: "3600" },
  });
  expect(reasonOf("overlap: run 0f-1 still waits")?.values).toEqual({ run: "0f-1" });
  expect(reasonOf("no flow answers it")?.key).toBe("reason.unanswered");
  expect(reasonOf("the moon is full")).toBeNull();
});

test("every failure has a way out", () => {
  expect(adviceFor("no_agents")).toBe("advice.agents");
  expect(adviceFor("something_new")).toBe("advice.other");
});

test("times are told relative to now, and exactly", () => {
  const now = Date.parse("2026-03-04T06:00:00Z");
  expect(relative("2026-03-04T05:59:58Z", now, "en")).toBe("now");
  expect(relative("2026-03-04T05:57:00Z", now, "en")).toBe("3 min. ago");
  expect(relative("2026-03-04T05:57:00Z", now, "zh")).toBe("3分钟前");
  expect(relative("2026-03-03T05:57:00Z", now, "en")).toBe("yesterday");
  expect(relative("2026-03-04T06:30:00Z", now, "en")).toBe("in 30 min.");
  expect(exact("2026-03-04T05:57:00.123456Z", "en", "UTC")).toBe("2026-03-04 05:57:00.123");
});

test.each([
  [0, "0 ms"], [80, "80 ms"], [1_500, "1.5 s"], [130_000, "2 min"], [7_500_000, "2 h"], [200_000_000, "2 d"],
])("%i ms are %s", (ms, text) => {
  expect(span(ms, "en")).toBe(text);
});

test("scenarios are taken out of a flow's TOML", () => {
  const toml = 'flow = "a"\n\n[nodes.start]\ntype = "start"\n\n[[scenarios]]\nname = "one"\n\n[scenarios.given]\nlocale = "zh"\n\n[layout]\nstart = [1, 2]\n';
  expect(scenariosIn(toml)).toBe('[[scenarios]]\nname = "one"\n\n[scenarios.given]\nlocale = "zh"\n');
  expect(scenariosIn('flow = "a"\n')).toBe("");
});
