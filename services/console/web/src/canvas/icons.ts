import {
  IconArrowsSplit, IconBell, IconBulb, IconCalendarClock, IconClock, IconFlag, IconForms, IconMail, IconMathFunction,
  IconMessage, IconPalette, IconPlayerPlay, IconRegex, IconSquare, IconUser, IconUserCheck, IconUserOff, IconUserPin,
  IconUserStar, IconUsers, IconUsersGroup, IconWorld, type TablerIcon,
} from "@tabler/icons-react";
import type { NodeType } from "../graph/catalogue";

const ICONS: Readonly<Record<string, TablerIcon>> = {
  "player-play": IconPlayerPlay,
  flag: IconFlag,
  "user-off": IconUserOff,
  "user-check": IconUserCheck,
  "math-function": IconMathFunction,
  regex: IconRegex,
  "arrows-split": IconArrowsSplit,
  "calendar-clock": IconCalendarClock,
  "users-group": IconUsersGroup,
  message: IconMessage,
  clock: IconClock,
  users: IconUsers,
  user: IconUser,
  "user-pin": IconUserPin,
  "user-star": IconUserStar,
  forms: IconForms,
  palette: IconPalette,
  bulb: IconBulb,
  world: IconWorld,
  mail: IconMail,
  bell: IconBell,
};

/** What kind of work a type does, as far as its colour tells. */
export type Family = "start" | "end" | "ask" | "say" | "wait" | "assign" | "write" | "outside";

/** The type's icon; a square for one that nobody knows. */
export function iconOf(type: NodeType | undefined): TablerIcon {
  return ICONS[type?.icon ?? ""] ?? IconSquare;
}

/** The family of a type, by what it yields and reads. */
export function familyOf(type: NodeType | undefined): Family {
  switch (type?.type) {
    case "start":
    case "end":
    case "wait":
      return type.type;
    case "reply":
    case "predict_answer":
      return "say";
    case "http_request":
    case "send_email":
    case "notify_agents":
      return "outside";
    case "branch":
      return "ask";
    default:
      if (type?.outcomes.includes("TRUE")) return "ask";
      return type?.type.startsWith("assign") ? "assign" : "write";
  }
}
