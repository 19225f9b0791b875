const LONGEST_ID = 64;
const LONGEST_NAME = 64;
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

/** What fits `flow` of a definition. */
export const FLOW_ID = /^[a-z0-9-]{1,64}$/;

/**
 * An id for a flow of this name that no other flow has: `Welcome back!` becomes `welcome-back`. Of names in other
 * scripts too little is left to be read, so these become `flow-` and six letters, which `random` (0 to 1) picks.
 */
export function flowId(name: string, taken: ReadonlySet<string>, random: () => number = Math.random): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f']/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, LONGEST_ID)
    .replace(/-+$/, "");
  const isReadable = /[a-z]{2}/.test(plain) && !/[\p{L}]/u.test(name.replace(/\p{Script=Latin}/gu, ""));
  if (!isReadable) return unused(() => `flow-${code(random)}`, taken);
  if (!taken.has(plain)) return plain;
  let number = 1;
  return unused(() => `${plain.slice(0, LONGEST_ID - 4)}-${(number += 1)}`, taken);
}

/** `name` with an ending such as ` (copy)`, no longer than names may be. */
export function copyName(name: string, ending: string): string {
  return `${[...name].slice(0, LONGEST_NAME - [...ending].length).join("")}${ending}`;
}

function unused(made: () => string, taken: ReadonlySet<string>): string {
  for (;;) {
    const id = made();
    if (!taken.has(id)) return id;
  }
}

function code(random: () => number): string {
  return Array.from({ length: 6 }, () => LETTERS[Math.floor(random() * LETTERS.length)] ?? "a").join("");
}
