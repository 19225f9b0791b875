import { describe, expect, it } from "vitest";
import type { FlowDefinition } from "../contract";
import { apply } from "./change";
import { check, fieldAt, nodeAt } from "./checks";
import { TUTORIAL } from "./tutorial.fixture";

describe("the checks", () => {
  it("find nothing wrong with the tutorial's flow", () => {
    expect(check(TUTORIAL)).toEqual([]);
  });

  it("say everything that is wrong with a flow, each at its place", () => {
    expect(codes(flow({ a: { type: "logic", next: { TRUE: "b" } }, b: { type: "logic", expression: "1", next: { TRUE: "a" } } }))).toEqual([
      "no_start nodes",
      "no_end nodes",
      "bad_value nodes.a.expression",
      "endless_loop nodes.a",
      "open_outcome nodes.a.next.FALSE",
      "open_outcome nodes.b.next.FALSE",
    ]);
    const wrong = {
      start: { type: "start", next: { SUCCESS: "pause" } },
      again: { type: "start", next: { SUCCESS: "nowhere" } },
      pause: { type: "wait", seconds: 0, minutes: 3, next: { SUCCESS: "start", TIMEOUT: "end", AGENT_ANSWER: "end", VISITOR_ANSWER: "end" } },
      end: { type: "end", next: { SUCCESS: "pause" } },
      lost: { type: "of tomorrow" },
    };
    expect(codes(flow(wrong))).toEqual([
      "many_starts nodes.again",
      "bad_value nodes.pause.seconds",
      "unknown_field nodes.pause.minutes",
      "unknown_type nodes.lost.type",
      "missing_node nodes.again.next.SUCCESS",
      "unknown_outcome nodes.pause.next.SUCCESS",
      "start_has_input nodes.pause.next.SUCCESS",
      "end_has_output nodes.end.next.SUCCESS",
      "unreachable_node nodes.lost",
    ]);
  });

  it.each([
    ["reply", { text: 3 }, "text"],
    ["reply", { text: { zh: 3 } }, "text.zh"],
    ["reply", { quick_replies: ["好", ""] }, "quick_replies.1"],
    ["reply", { form: ["user_email", { label: "…" }] }, "form.1.field"],
    ["reply", { channel: "fax" }, "channel"],
    ["branch", { variable: "a", options: [] }, "options"],
    ["appearance", { colour: "red" }, "colour"],
    ["working_hours", { hours: { mon: ["9-17"] } }, "hours.mon.0"],
    ["predict_answer", { threshold: 0 }, "threshold"],
    ["wait", { seconds: 1.5 }, "seconds"],
  ])("of a %s with %j say where", (type, fields, field) => {
    const found = check(flow({ it: { type, ...fields } })).filter(({ code }) => code === "bad_value");
    expect(found.map(({ at }) => at)).toEqual([`nodes.it.${field}`]);
  });

  it("know a cycle in which somebody waits", () => {
    const waiting = apply(TUTORIAL, { type: "add_node", id: "pause", node: { type: "wait", seconds: 5, next: { TIMEOUT: "check" } } });
    const round = apply(waiting, { type: "connect", from: "check", outcome: "FALSE", to: "pause" });
    expect(check(round).filter(({ level }) => level === "error")).toEqual([]);
  });

  it("say which node and field a problem is at", () => {
    expect(nodeAt("nodes.check-2.next.TRUE")).toBe("check-2");
    expect(fieldAt("nodes.check-2.next.TRUE")).toBe("next");
    expect(nodeAt("nodes")).toBeNull();
    expect(fieldAt("nodes.check")).toBeNull();
  });
});

function flow(nodes: FlowDefinition["nodes"]): FlowDefinition {
  return { flow: "f", name: "f", trigger: "widget_opened", nodes };
}

function codes(definition: FlowDefinition): readonly string[] {
  return check(definition).map(({ code, at }) => `${code} ${at}`);
}
