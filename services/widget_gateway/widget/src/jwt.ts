/** Of whom a JWT speaks (`sub`); null when it cannot be read. Nothing is checked: that is the gateway's work. */
export function subjectOf(jwt: string | null): string | null {
  try {
    const bytes = Uint8Array.from(atob((jwt ?? "").split(".")[1]?.replace(/-/g, "+").replace(/_/g, "/") ?? ""), (c) =>
      c.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null && "sub" in claims ? String(claims.sub) : null;
  } catch {
    return null;
  }
}
