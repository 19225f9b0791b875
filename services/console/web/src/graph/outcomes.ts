import { nodeType } from "./catalogue";
import { isList, isText, type Node } from "./definition";

/** All that a node can yield: what its config adds, then what its type always yields. */
export function outcomesOf(node: Node): readonly string[] {
  const type = nodeType(node["type"]);
  if (!type) return [];
  return type.adds === null ? type.outcomes : [...new Set([...added(node), ...type.outcomes])];
}

/** Whether a node holds up the run. */
export function waits(node: Node): boolean {
  const type = nodeType(node["type"]);
  if (!type?.waits) return false;
  if (type.type !== "reply") return true;
  return node["channel"] === "email" || texts(node["quick_replies"]).length > 0 || asks(node);
}

function added(node: Node): readonly string[] {
  if (node["type"] === "branch") return texts(node["options"]);
  const replies = texts(node["quick_replies"]);
  return replies.length === 0 && asks(node) ? ["TIMEOUT"] : replies;
}

function asks(node: Node): boolean {
  return node["survey"] === true || (isList(node["form"]) && node["form"].length > 0);
}

function texts(value: unknown): readonly string[] {
  return isList(value) ? value.filter(isText) : [];
}
