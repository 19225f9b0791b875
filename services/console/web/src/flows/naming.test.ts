import { expect, test } from "vitest";
import { copyName, flowId } from "./naming";

const none = new Set<string>();

test("names in Latin letters become ids that can be read", () => {
  expect(flowId("Welcome back, friend!", none)).toBe("welcome-back-friend");
  expect(flowId("  Überstunden  ", none)).toBe("uberstunden");
  expect(flowId("x".repeat(90), none)).toHaveLength(64);
});

test("an id that is taken gets a number", () => {
  expect(flowId("Welcome", new Set(["welcome", "welcome-2"]))).toBe("welcome-3");
});

test("names in other scripts become a short code, unlike every other", () => {
  expect(flowId("发送座席离线消息", none)).toMatch(/^flow-[a-z0-9]{6}$/);
  expect(flowId("VIP 客户欢迎语", none)).toMatch(/^flow-[a-z0-9]{6}$/);
  expect(flowId("42", none)).toMatch(/^flow-[a-z0-9]{6}$/);
  const picks = [0, 0, 0, 0, 0, 0, 0.1, 0, 0, 0, 0, 0];
  expect(flowId("客户", new Set(["flow-aaaaaa"]), () => picks.shift() ?? 0)).toBe("flow-daaaaa");
});

test("the name of a copy is no longer than names may be", () => {
  expect(copyName("欢迎", " 副本")).toBe("欢迎 副本");
  expect([...copyName("𠮷".repeat(64), " 副本")]).toHaveLength(64);
});
