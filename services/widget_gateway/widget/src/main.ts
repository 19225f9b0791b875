/** widget-main.js: everything but the launcher. Takes over the calls that the page made before it was there. */

import { parseCommand } from "./commands";
import type { Command } from "./commands";
import type { Handoff, Queue } from "./handoff";
import { parseMatter, parseUser } from "./pp";
import css from "./widget.css?inline";
import { Widget } from "./widget";

const handoff = window.__frontdesk;
if (handoff) start(handoff);

function start(handoff: Handoff): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  handoff.root.adoptedStyleSheets = [...handoff.root.adoptedStyleSheets, sheet];
  const widget = new Widget(handoff);
  const run = (command: Command): void => widget.run(command);
  const waiting = [
    ...takeOver((window.frontdesk ??= []), parseCommand, run),
    ...takeOver((window._ppmatc ??= []), parseMatter, run),
  ];
  // Who the visitor is comes first: nothing of theirs is to be said under another name.
  const [who, what] = [waiting.filter(isIdentify), waiting.filter((command) => !isIdentify(command))];
  who.forEach(run);
  widget.start();
  const user = parseUser(window.ppSettings);
  if (user) run(user);
  what.forEach(run);
}

/** What a queue holds; from now on what is pushed there is done at once, also by who keeps the queue itself at hand. */
function takeOver(
  queue: Queue | unknown[],
  parse: (call: unknown) => Command | null,
  run: (command: Command) => void,
): Command[] {
  const understood = (calls: readonly unknown[]): Command[] =>
    calls.flatMap((call) => {
      const command = parse(call);
      if (!command) console.warn("Frontdesk: this call is not understood", call);
      return command ?? [];
    });
  const waiting = Array.isArray(queue) ? queue.splice(0) : [];
  queue.push = (...calls: unknown[]): number => {
    understood(calls).forEach(run);
    return 0;
  };
  return understood(waiting);
}

function isIdentify(command: Command): boolean {
  return command.name === "identify";
}
