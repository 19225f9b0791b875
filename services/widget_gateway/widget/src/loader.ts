/**
 * widget.js: shows the launcher, takes the page's calls, and fetches the rest when the page is idle or somebody calls.
 * It is a classic script that adds one: modules would need CORS. Styles are constructed, so a strict CSP lets them be.
 */

import { CALLS } from "./handoff";
import { CHAT, CROSS, icon } from "./icons";
import css from "./launcher.css?inline";

declare const __MAIN__: string;

interface Types {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

const RETRY_MS = 5_000;

const script = document.currentScript;

if (script instanceof HTMLScriptElement && !window.__frontdesk) load(script);

function load(own: HTMLScriptElement): void {
  const { ppSettings: settings, _ppmatc: matters } = window;
  const calls = (window.frontdesk ??= []);
  const call = (...call: unknown[]): void => {
    window.frontdesk?.push(call);
    fetchMain();
  };
  window.Frontdesk = Object.fromEntries(
    CALLS.map((name) => [name, (...args: unknown[]): void => call(name, ...args)]),
  );

  const said = own.dataset["locale"];
  const locale = (said === "page" ? document.documentElement.lang : said) || navigator.language;
  const launcher = button(locale);
  launcher.onclick = () => call("toggle");
  const host = document.createElement("frontdesk-widget");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.append(launcher);
  // Snippets of PPMessage have their script two folders down.
  const base = new URL(/\/ppcom\/assets\/[^/]*$/.test(own.src) ? "../.." : ".", own.src).href;
  window.__frontdesk = { base, team: own.dataset["team"] ?? "default", locale, root, launcher };

  const view = settings?.view;
  launcher.hidden = settings?.hide_launcher === true || view?.launcher_is_show === false;
  if (view?.launcher_bottom_margin) host.style.bottom = view.launcher_bottom_margin;
  if (view?.launcher_right_margin) host.style.right = view.launcher_right_margin;
  const open = (): void => call("open");
  const close = (): void => call("close");
  window.PP ??= {
    open,
    close,
    show: open,
    hide: close,
    send: (text) => (open(), call("send", text)),
    setVar: (...args) => call("set", ...args),
    isOpen: () => launcher.ariaExpanded === "true",
    onShow: (listener) => call("on", "open", listener),
    onHide: (listener) => call("on", "close", listener),
  };

  const address = trusted(base + __MAIN__);
  let asked = false;
  function fetchMain(): void {
    if (asked) return;
    asked = true;
    const main = document.createElement("script");
    main.async = true;
    if (own.nonce) main.nonce = own.nonce;
    main.src = address;
    main.onerror = () => {
      main.remove();
      asked = false;
      setTimeout(fetchMain, RETRY_MS);
    };
    document.head.append(main);
  }

  const whenIdle = window.requestIdleCallback ?? ((action: () => void) => setTimeout(action, 1));
  function show(): void {
    document.body.append(host);
    if ((Array.isArray(calls) && calls.length) || (Array.isArray(matters) && matters.length)) fetchMain();
    if (document.readyState === "complete") whenIdle(fetchMain, { timeout: 1000 });
    else addEventListener("load", () => whenIdle(fetchMain, { timeout: 1000 }));
  }
  if (document.body) show();
  else addEventListener("DOMContentLoaded", show);
}

/** The address as a page wants it that demands trusted types; its policy must let one named `frontdesk` be. */
function trusted(url: string): string {
  const types = (window as { trustedTypes?: Types }).trustedTypes;
  try {
    return types?.createPolicy("frontdesk", { createScriptURL: (same) => same }).createScriptURL(url) ?? url;
  } catch {
    return url;
  }
}

function button(locale: string): HTMLButtonElement {
  const launcher = document.createElement("button");
  launcher.className = "launcher";
  launcher.type = "button";
  launcher.ariaLabel = locale.startsWith("zh") ? "打开聊天" : "Open chat";
  launcher.ariaExpanded = "false";
  launcher.append(icon(CHAT, "chat"), icon(CROSS, "cross"));
  return launcher;
}
