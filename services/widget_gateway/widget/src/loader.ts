/**
 * widget.js: shows the launcher, takes the page's calls, and fetches the rest when the page is idle or somebody calls.
 * It is a classic script that adds one: modules would need CORS. Styles are constructed, so a strict CSP lets them be.
 */

import { CALLS } from "./handoff";
import { CHAT, CROSS, icon } from "./icons";
import css from "./launcher.css?inline";

declare const __MAIN__: string;

const script = document.currentScript;

if (script instanceof HTMLScriptElement && !window.__frontdesk) load(script);

function load(own: HTMLScriptElement): void {
  const calls = (window.frontdesk ??= []);
  const call = (name: string, ...args: unknown[]): void => {
    window.frontdesk?.push([name, ...args]);
    fetchMain();
  };
  window.Frontdesk = Object.fromEntries(
    CALLS.map((name) => [name, (...args: unknown[]): void => call(name, ...args)]),
  );

  const launcher = button();
  launcher.onclick = () => call("toggle");
  const host = document.createElement("frontdesk-widget");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.append(launcher);
  const base = new URL(".", own.src).href;
  window.__frontdesk = { base, team: own.dataset["team"] ?? "default", root, launcher };

  let asked = false;
  function fetchMain(): void {
    if (asked) return;
    asked = true;
    const main = document.createElement("script");
    main.async = true;
    if (own.nonce) main.nonce = own.nonce;
    main.src = base + __MAIN__;
    main.onerror = () => (asked = false);
    document.head.append(main);
  }

  const whenIdle = window.requestIdleCallback ?? ((action: () => void) => setTimeout(action, 1));
  function show(): void {
    document.body.append(host);
    if (Array.isArray(calls) && calls.length) fetchMain();
    if (document.readyState === "complete") whenIdle(fetchMain, { timeout: 1000 });
    else addEventListener("load", () => whenIdle(fetchMain, { timeout: 1000 }));
  }
  if (document.body) show();
  else addEventListener("DOMContentLoaded", show);
}

function button(): HTMLButtonElement {
  const launcher = document.createElement("button");
  launcher.className = "launcher";
  launcher.type = "button";
  launcher.ariaLabel = navigator.language.startsWith("zh") ? "打开聊天" : "Open chat";
  launcher.ariaExpanded = "false";
  launcher.append(icon(CHAT, "chat"), icon(CROSS, "cross"));
  return launcher;
}
