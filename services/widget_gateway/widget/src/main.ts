/** widget-main.js: everything but the launcher. Takes over the calls that the page made before it was there. */

import { parseCommand } from "./commands";
import type { Handoff } from "./handoff";
import css from "./widget.css?inline";
import { Widget } from "./widget";

const handoff = window.__frontdesk;
if (handoff) start(handoff);

function start(handoff: Handoff): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  handoff.root.adoptedStyleSheets = [...handoff.root.adoptedStyleSheets, sheet];
  const widget = new Widget(handoff);
  const waiting: unknown[] = Array.isArray(window.frontdesk) ? window.frontdesk : [];
  const push = (...calls: unknown[]): void => {
    for (const call of calls) {
      const command = parseCommand(call);
      if (command) widget.run(command);
      else console.warn("Frontdesk: this call is not understood", call);
    }
  };
  window.frontdesk = { push };
  push(...waiting);
}
