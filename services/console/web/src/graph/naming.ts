import type { FlowDefinition } from "../contract";
import { label, type NodeType } from "./catalogue";
import { nameOf } from "./definition";

/** What the boundaries of a flow are, of which there is one. */
const ONLY_ONE = new Set(["start"]);

/** A new node's id and the name that people see: `agents_offline-6` and `座席离线-6`; the start is called just that. */
export function named(definition: FlowDefinition, type: NodeType, language: string): { id: string; name: string } {
  const number = nextNumber(definition);
  const name = label(type, language);
  const isPlain = ONLY_ONE.has(type.type) && !(type.type in definition.nodes);
  return isPlain ? { id: type.type, name } : { id: `${type.type}-${number}`, name: `${name}-${number}` };
}

/** An id that no node has: this one, else one like it with the next number. */
export function freshId(taken: ReadonlySet<string>, wanted: string): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/-\d+$/, "").slice(0, 56);
  for (let number = 2; ; number += 1) if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`;
}

/** One more than the nodes there are, and than any number that one of them ends with. */
function nextNumber(definition: FlowDefinition): number {
  const ids = Object.keys(definition.nodes);
  const numbers = ids.flatMap((id) => [id, nameOf(definition, id)].map(trailing));
  return Math.max(ids.length, ...numbers) + 1;
}

function trailing(text: string): number {
  const digits = /-(\d{1,4})$/.exec(text)?.[1];
  return digits ? Number(digits) : 0;
}
