// Before anything is drawn: the language that was asked for, else the one chosen before, else the browser's.
(() => {
  const KEY = "hillside.language";
  let kept = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // Storage is refused: the browser's language will do.
  }
  const asked = new URLSearchParams(location.search).get("lang");
  const known = (language) => (language ? (language.startsWith("zh") ? "zh-CN" : "en") : null);
  const language = known(asked) ?? known(kept) ?? known(navigator.language) ?? "en";
  document.documentElement.lang = language;
  document.title = language === "en" ? "Hillside Tea" : "山间茶铺";
  try {
    if (asked) localStorage.setItem(KEY, language);
  } catch {
    // As above.
  }
})();
