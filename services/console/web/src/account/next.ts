/** Where to go after signing in: only ever a page of our own. */
export function nextPage(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  // `//host` and `/\host` are other sites to a browser.
  const isOurs = /^\/(?![/\\])/.test(next) && !next.startsWith("/sign-in");
  return isOurs ? next : "/";
}
