import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { accountWords } from "../account/words";
import { draftsWords } from "../drafts/words";
import { canvasWords } from "../canvas/words";
import { fieldWords } from "../editor/fieldWords";
import { editorWords } from "../editor/words";
import { flowsWords } from "../flows/words";
import { historyWords } from "../history/words";
import { inboxWords } from "../inbox/words";
import { publishingWords } from "../publishing/words";
import { runsWords } from "../runs/words";
import { scenariosWords } from "../scenarios/words";
import { errorWords } from "./errorWords";

/** What each language is called in itself, and its code for `lang`. */
export const LANGUAGES = {
  zh: { name: "中文", code: "zh-CN" },
  en: { name: "English", code: "en" },
} as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = "frontdesk.language";

const shellWords = {
  zh: {
    menu: "菜单",
    inbox: "收件箱",
    waiting: "{{count}} 个会话有未读消息",
    flows: "流程管理",
    runs: "运行记录",
    account: "账号",
    skip: "跳到内容",
    person: "{{name}} 的菜单",
    signOut: "退出登录",
    roles: { admin: "管理员", agent: "座席", sre: "运维" },
    dark: "深色",
    light: "浅色",
    close: "关闭",
    justNow: "刚刚",
    loading: "正在加载",
    retry: "重试",
    unreachable: "服务暂时没有回应。恢复后请重试。",
    broken: "这个页面出错了",
    brokenHow: "您的草稿已保存。请重新加载页面；如果再次出错，请把下面的内容告诉管理员。",
    reload: "重新加载",
    busAway: "消息总线暂时无法连接，正在重试",
    serviceAway: "服务暂时无法连接，正在重试",
  },
  en: {
    menu: "Menu",
    inbox: "Inbox",
    waiting: "{{count}} with unread messages",
    flows: "Flows",
    runs: "Runs",
    account: "Account",
    skip: "Skip to content",
    person: "Menu of {{name}}",
    signOut: "Sign out",
    roles: { admin: "Admin", agent: "Agent", sre: "Operations" },
    dark: "Dark",
    light: "Light",
    close: "Close",
    justNow: "just now",
    loading: "Loading",
    retry: "Try again",
    unreachable: "The service does not answer. Try again once it is back.",
    broken: "Something on this page broke",
    brokenHow: "Your draft is kept. Load the page again; if it breaks again, tell an admin what it says below.",
    reload: "Load again",
    busAway: "The bus is away, trying again",
    serviceAway: "The service is away, trying again",
  },
};

/** Each part of the console has its own words, under its own namespace. */
const NAMESPACES = {
  translation: shellWords,
  errors: errorWords,
  account: accountWords,
  canvas: canvasWords,
  flows: flowsWords,
  editor: editorWords,
  fields: fieldWords,
  runs: runsWords,
  drafts: draftsWords,
  publishing: publishingWords,
  history: historyWords,
  inbox: inboxWords,
  scenarios: scenariosWords,
};

/** Start with the language that was chosen before, else the browser's. */
export function startWords(): void {
  const resources = Object.fromEntries(
    (["zh", "en"] as const).map((language) => [
      language,
      Object.fromEntries(Object.entries(NAMESPACES).map(([name, words]) => [name, words[language]])),
    ]),
  );
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language === "zh" ? LANGUAGES.zh.code : LANGUAGES.en.code;
    keep(language);
  });
  void i18next.use(initReactI18next).init({
    resources,
    lng: kept() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en"),
    fallbackLng: "en",
    interpolation: { escapeValue: false },
  });
}

function kept(): string | null {
  try {
    const language = localStorage.getItem(KEPT);
    return language === "zh" || language === "en" ? language : null;
  } catch {
    return null; // storage may be refused
  }
}

function keep(language: string): void {
  try {
    localStorage.setItem(KEPT, language);
  } catch {
    // then it lasts as long as the page
  }
}
