import { ApiError } from "../api/http";
import { isAway } from "../api/queries";
import type { Draft, DraftSaving, FlowDefinition } from "../contract";
import { equal, read } from "../graph/definition";
import type { Copies } from "./copies";

/**
 * How this person's draft of one flow is kept. Every edit is kept by the browser at once, and by the service when there
 * is a pause. While the service is away it is tried again; what another tab saved meanwhile is never overwritten, but
 * shown (`conflict`), and nothing is saved until somebody has decided.
 *
 *     clean → pending → saving → saved
 *                 ↑        ├→ away → pending (by itself)
 *                 │        ├→ conflict → pending (`settle`)
 *                 └────────┴→ refused (the next edit tries again)
 */
export type Keeping =
  | { readonly is: "clean" }
  | { readonly is: "pending" | "saving" | "away" }
  | { readonly is: "saved"; readonly at: string }
  | { readonly is: "conflict"; readonly other: Draft; readonly isUntouched: boolean }
  | { readonly is: "refused"; readonly error: Error };

/** The service, as far as it keeps drafts. */
export interface DraftStore {
  readonly load: () => Promise<Draft | null>;
  readonly save: (draft: DraftSaving) => Promise<Draft>;
  readonly discard: () => Promise<void>;
}

const PAUSE_MS = 700;
const LONGEST_WAIT_MS = 8_000;

export class DraftSession {
  #keeping: Keeping = { is: "clean" };
  #current: FlowDefinition;
  /** What the service has of it: the stored draft, else the version that it began from. */
  #stored: FlowDefinition;
  #base: number | null;
  #revision: number | null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | null = null;
  #failures = 0;
  readonly #listeners = new Set<() => void>();
  readonly #store: DraftStore;
  readonly #copies: Copies;

  constructor(store: DraftStore, copies: Copies, definition: FlowDefinition, base: number | null, opened: Draft | null) {
    this.#store = store;
    this.#copies = copies;
    this.#current = this.#stored = definition;
    this.#base = base;
    this.#revision = opened?.revision ?? null;
    if (opened) this.#keeping = { is: "saved", at: opened.saved_at };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  readonly keeping = (): Keeping => this.#keeping;

  /** What both this tab and the stored draft began from. */
  get stored(): FlowDefinition {
    return this.#stored;
  }

  /** What this browser kept and the service never got, and the version that it began from. Null: nothing of the kind. */
  recovered(): { readonly definition: FlowDefinition; readonly base: number | null } | null {
    const copy = this.#copies.find();
    if (!copy) return null;
    const definition = read(copy.definition);
    if (equal(definition, this.#current)) {
      this.#copies.drop();
      return null;
    }
    // Another revision than the stored one is a conflict as soon as it is saved; without a stored one there is none.
    if (this.#revision !== null) this.#revision = copy.revision;
    return { definition, base: copy.base };
  }

  edited(definition: FlowDefinition, base: number | null): void {
    const isSame = base === this.#base && equal(definition, this.#current);
    this.#current = definition;
    this.#base = base;
    if (isSame) return;
    this.#keep();
    if (this.#keeping.is === "conflict") return this.#tell({ ...this.#keeping, isUntouched: false });
    if (this.#sending === null) this.#schedule(PAUSE_MS);
    if (this.#keeping.is !== "away") this.#tell({ is: "pending" });
  }

  /** Save now what waits to be saved. */
  flush(): void {
    if (this.#keeping.is === "pending" || this.#keeping.is === "away") void this.#send();
  }

  /** Look whether another tab saved meanwhile, unless something is on its way there. */
  async look(): Promise<void> {
    if (this.#keeping.is !== "saved" && this.#keeping.is !== "clean") return;
    const other = await this.#store.load().catch(() => null);
    if (other && other.revision !== this.#revision && this.#sending === null) this.#meet(other);
  }

  /** The conflict is decided: this goes on top of the other draft. */
  settle(decided: FlowDefinition, base: number | null): void {
    if (this.#keeping.is !== "conflict") return;
    const { other } = this.#keeping;
    this.#revision = other.revision;
    this.#stored = read(other.definition);
    this.#current = decided;
    this.#base = base;
    if (equal(decided, this.#stored) && base === other.base_version) {
      this.#copies.drop();
      return this.#tell({ is: "saved", at: other.saved_at });
    }
    this.#keep();
    this.#tell({ is: "pending" });
    void this.#send();
  }

  /** This definition is a version now, so there is no draft any more, unless something was edited meanwhile. */
  async published(definition: FlowDefinition, version: number): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sending;
    clearTimeout(this.#timer);
    this.#base = version;
    this.#revision = null;
    this.#stored = definition;
    await this.#store.discard().catch(() => undefined);
    if (equal(definition, this.#current)) this.#rest();
    else this.#schedule(0);
  }

  /** The draft is thrown away for this version. */
  abandon(definition: FlowDefinition, version: number): Promise<void> {
    this.#current = definition;
    this.#base = version;
    return this.published(definition, version);
  }

  /** Nobody edits any more. */
  close(): void {
    this.flush();
    clearTimeout(this.#timer);
  }

  #rest(): void {
    this.#copies.drop();
    this.#tell({ is: "clean" });
  }

  #schedule(wait_ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), wait_ms);
  }

  #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#sending ??= this.#attempt(this.#current).finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #attempt(definition: FlowDefinition): Promise<void> {
    if (this.#keeping.is !== "away") this.#tell({ is: "saving" });
    try {
      const body = { definition: { ...definition }, base_version: this.#base, revision: this.#revision };
      this.#took(definition, await this.#store.save(body));
    } catch (error) {
      await this.#failed(error);
    }
  }

  #took(definition: FlowDefinition, draft: Draft): void {
    this.#failures = 0;
    this.#revision = draft.revision;
    this.#stored = definition;
    if (definition === this.#current) {
      this.#copies.drop();
      return this.#tell({ is: "saved", at: draft.saved_at });
    }
    this.#keep();
    this.#tell({ is: "pending" });
    this.#schedule(PAUSE_MS);
  }

  async #failed(error: unknown): Promise<void> {
    if (error instanceof ApiError && error.code === "draft_conflict") {
      const other = await this.#store.load().catch(() => undefined);
      if (other === null) this.#revision = null; // thrown away, or published, elsewhere
      if (other) return this.#meet(other);
      return this.#schedule(other === null ? 0 : PAUSE_MS);
    }
    if (!isAway(error)) return this.#tell({ is: "refused", error: error instanceof Error ? error : new Error(String(error)) });
    this.#failures += 1;
    this.#tell({ is: "away" });
    this.#schedule(Math.min(500 * 2 ** this.#failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2));
  }

  #meet(other: Draft): void {
    const theirs = read(other.definition);
    if (equal(theirs, this.#current)) {
      this.#revision = other.revision;
      this.#stored = this.#current;
      this.#copies.drop();
      return this.#tell({ is: "saved", at: other.saved_at });
    }
    this.#tell({ is: "conflict", other, isUntouched: equal(this.#stored, this.#current) });
  }

  #keep(): void {
    const at = new Date().toISOString();
    this.#copies.keep({ definition: { ...this.#current }, base: this.#base, revision: this.#revision, at });
  }

  #tell(keeping: Keeping): void {
    this.#keeping = keeping;
    for (const listener of this.#listeners) listener();
  }
}
