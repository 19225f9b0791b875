import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { accountWords } from "../account/words";
import { canvasWords } from "../canvas/words";
import { editorWords } from "../editor/words";
import { flowsWords } from "../flows/words";
import { runsWords } from "../runs/words";

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
    flows: "流程管理",
    runs: "运行记录",
    account: "账号",
    dark: "深色",
    light: "浅色",
    busAway: "消息总线暂时无法连接，正在重试",
    serviceAway: "服务暂时无法连接，正在重试",
  },
  en: {
    menu: "Menu",
    flows: "Flows",
    runs: "Runs",
    account: "Account",
    dark: "Dark",
    light: "Light",
    busAway: "The bus is away, trying again",
    serviceAway: "The service is away, trying again",
  },
};

/** Each part of the console has its own words, under its own namespace. */
const NAMESPACES = {
  translation: shellWords,
  account: accountWords,
  canvas: canvasWords,
  flows: flowsWords,
  editor: editorWords,
  runs: runsWords,
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
