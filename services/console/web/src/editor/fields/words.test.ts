import { describe, expect, it } from "vitest";
import { offered } from "../../graph/catalogue";
import { fieldsOf } from "./kinds";
import { insertion, wordAt } from "./words";

describe("a variable", () => {
  it("is suggested in an expression, and in a text between braces only", () => {
    expect(wordAt("user_co", 7, false)).toBe("user_co");
    expect(wordAt("Dear user_co", 12, true)).toBeNull();
    expect(wordAt("Dear {{ user_co", 15, true)).toBe("user_co");
    expect(wordAt("{{ user_city }} u", 17, true)).toBeNull();
  });

  it("takes the place of what was begun, with the braces that are missing", () => {
    expect(insertion("user_co == 1", 7, "user_country", false)).toEqual({ text: "user_country == 1", caret: 12 });
    expect(insertion("Dear ", 5, "user_city", true)).toEqual({ text: "Dear {{user_city}}", caret: 18 });
    expect(insertion("Dear {{us, bye", 9, "user_city", true)).toEqual({ text: "Dear {{user_city}}, bye", caret: 18 });
    expect(insertion("{{us}}", 4, "user_city", true).text).toBe("{{user_city}}");
  });
});

it("knows a control for every parameter of every type", () => {
  const kinds = offered("widget_opened").flatMap((type) => fieldsOf(type).map(({ name, kind }) => `${type.type}.${name} ${kind}`));
  expect(kinds).toContain("agents_offline.group reference");
  expect(kinds).toContain("reply.as speaker");
  expect(kinds).toContain("reply.text localized");
  expect(kinds).toContain("reply.quick_replies texts");
  expect(kinds).toContain("appearance.effect choice");
  expect(kinds).toContain("http_request.body body");
  expect(kinds).toContain("wait.seconds number");
  expect(kinds).toContain("logic.expression expression");
});
