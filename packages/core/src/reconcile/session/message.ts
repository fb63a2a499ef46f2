import type { SketchKey } from "../sketch/keyed-hash.ts";
import type { Scope } from "../record/record-index.ts";
import type { Root } from "../record/root.ts";

export const PROTOCOL_VERSION = 1;

/** Records in one message; more are sent in further ones, each asked for. */
export const PAGE_RECORDS = 500;
/** Ids asked for in one message. */
export const WANTED_MAX = 20_000;
/** Symbols in one message. */
export const CHUNK_SYMBOLS = 16_384;

/**
 * One message of a session, plain JSON. The two sides speak by turns; a turn is a control and any number of records, in
 * as many parts as it takes, and the listener says `go_on` after each but the last.
 */
export type Message =
  | { readonly kind: "part"; readonly session: string; readonly seq: number; readonly control: Control | null; readonly records: readonly unknown[]; readonly more: boolean }
  | { readonly kind: "go_on"; readonly session: string; readonly seq: number };

export type Roots = readonly (readonly [name: string, count: number, digest: string])[];

/** What a turn is about, and which records may come with it. */
export type Control =
  /** The initiator's first: what it holds in scope. */
  | { readonly kind: "hello"; readonly version: number; readonly scope: Scope; readonly configs: Roots; readonly origins: Roots }
  /** The responder's first: what it holds, with the newest records of origins that the initiator has followed so far. */
  | { readonly kind: "answer"; readonly configs: Roots; readonly origins: Roots; readonly next: Next; readonly symbols: Symbols | null }
  /** Initiator: symbols, please; with the newest records of origins that the responder has followed so far. */
  | { readonly kind: "ask"; readonly from: number; readonly to: number }
  | { readonly kind: "symbols"; readonly symbols: Symbols }
  /** Initiator, after decoding: the ids it lacks (`idsText`), with the records that the responder lacks. */
  | { readonly kind: "want"; readonly ids: string }
  /** Initiator: all its records; the responder's others come back with `done`. */
  | { readonly kind: "bulk" }
  /** What the sender holds now; `disturbed` when others changed its ledger meanwhile. */
  | { readonly kind: "done"; readonly root: Root; readonly rejected: number; readonly disturbed: boolean };

/** What the initiator has to do: nothing; send newest records or ask for symbols; read the symbols; send everything. */
export const NEXT = ["equal", "vector", "sketch", "bulk"] as const;
export type Next = (typeof NEXT)[number];

export interface Symbols {
  /** The configurations whose records are in them. */
  readonly configs: readonly string[];
  readonly key: SketchKey;
  /** Number of the first; 0 begins anew. */
  readonly from: number;
  readonly count: number;
  readonly text: string;
}
