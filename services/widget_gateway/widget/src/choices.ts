import type { Ask } from "./questions";
import { element } from "./dom";
import { icon } from "./icons";
import type { Strings } from "./strings";

const FACE = "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9 9.4v.9M15 9.4v.9";
const MOUTHS = [
  "M8.4 16.3c.9-1.4 2.1-2.1 3.6-2.1s2.7.7 3.6 2.1",
  "M8.6 14.2c.8 1.2 2 1.8 3.4 1.8s2.6-.6 3.4-1.8",
  "M7.6 13.3h8.8c-.3 2.5-2.1 4.1-4.4 4.1s-4.1-1.6-4.4-4.1Z",
];

type Choices = Extract<Ask, { type: "choices" }>;

/** Answers to press: chips, or the faces of a survey from worst to best. */
export function choiceButtons(ask: Choices, strings: Strings, choose: (choice: string) => void): HTMLElement {
  const { choices, isSurvey } = ask;
  const buttons = choices.map((choice, place) =>
    element(
      "button",
      { class: "choice", attributes: { type: "button" }, onClick: () => choose(choice) },
      ...(isSurvey ? [icon(FACE + faceAt(place, choices.length))] : []),
      element("span", { text: choice }),
    ),
  );
  return element(
    "div",
    { class: `ask ${isSurvey ? "survey" : "chips"}`, attributes: { role: "group", "aria-label": strings.answers } },
    ...buttons,
  );
}

function faceAt(place: number, count: number): string {
  return MOUTHS[Math.round((place / Math.max(1, count - 1)) * (MOUTHS.length - 1))] ?? "";
}
