import { combineSymbols, createSketch, insertItem, removeItem, SYMBOL_WORDS, symbolsOf, type Sketch } from "../sketch/sketch.ts";
import type { SketchKey } from "../sketch/keyed-hash.ts";
import { compareRecords, configOf, instantOf, originOf, type LedgerRecord } from "./ledger-record.ts";
import { addToRoot, emptyRoot, rootOf, sameRoot, sumOfRoots, type Root, type RunningRoot } from "./root.ts";

/** A ledger's records in memory with everything that is compared of them, kept up under insertion and removal. */
export interface RecordIndex {
  readonly shelves: Map<string, Shelf>;
  /** Grows with every change. */
  revision: number;
}

/** The records of one configuration. */
interface Shelf {
  readonly records: LedgerRecord[];
  /** By content id, the place in `records` and in every sketch. */
  readonly places: Map<string, number>;
  readonly origins: Map<string, RunningRoot>;
  /** The latest keys' sketches: usually this node's own and one peer's. */
  readonly sketches: Sketch[];
}

/** Configurations (`square8_2p`); null for all. */
export type Scope = readonly string[] | null;

const SKETCHES_MAX = 2;

export function createRecordIndex(records: Iterable<LedgerRecord> = []): RecordIndex {
  const index: RecordIndex = { shelves: new Map(), revision: 0 };
  for (const record of records) insertRecord(index, record);
  return index;
}

/** False when it is held already. */
export function insertRecord(index: RecordIndex, record: LedgerRecord): boolean {
  const shelf = shelfOf(index, configOf(record));
  if (shelf.places.has(record.contentId)) return false;
  shelf.places.set(record.contentId, shelf.records.length);
  shelf.records.push(record);
  const origin = originOf(record);
  let root = shelf.origins.get(origin);
  if (root === undefined) shelf.origins.set(origin, (root = emptyRoot()));
  addToRoot(root, record.contentId, 1);
  for (const sketch of shelf.sketches) insertItem(sketch, record.contentId);
  index.revision++;
  return true;
}

/** False when it is not held. Retention only: what is to be forgotten everywhere needs a tombstone, or a peer brings it back. */
export function removeRecord(index: RecordIndex, record: LedgerRecord): boolean {
  const shelf = index.shelves.get(configOf(record));
  const place = shelf?.places.get(record.contentId);
  if (shelf === undefined || place === undefined) return false;
  const last = shelf.records.pop()!;
  if (place < shelf.records.length) {
    shelf.records[place] = last;
    shelf.places.set(last.contentId, place);
  }
  shelf.places.delete(record.contentId);
  addToRoot(shelf.origins.get(originOf(record))!, record.contentId, -1);
  for (const sketch of shelf.sketches) removeItem(sketch, place);
  index.revision++;
  return true;
}

export function findRecord(index: RecordIndex, contentId: string): LedgerRecord | null {
  for (const shelf of index.shelves.values()) {
    const place = shelf.places.get(contentId);
    if (place !== undefined) return shelf.records[place]!;
  }
  return null;
}

export function* recordsIn(index: RecordIndex, scope: Scope): Generator<LedgerRecord> {
  for (const [, shelf] of shelvesIn(index, scope)) yield* shelf.records;
}

/** One digest for everything in scope: equal ledgers have equal ones. */
export function totalRoot(index: RecordIndex, scope: Scope): Root {
  return rootOf(sumOfRoots(shelvesIn(index, scope).flatMap(([, shelf]) => [...shelf.origins.values()])));
}

export function configRoots(index: RecordIndex, scope: Scope): ReadonlyMap<string, Root> {
  return nonEmpty(shelvesIn(index, scope).map(([config, shelf]) => [config, rootOf(sumOfRoots(shelf.origins.values()))]));
}

/** The version vector: of every origin, how many records are held and their digest. */
export function originRoots(index: RecordIndex, scope: Scope): ReadonlyMap<string, Root> {
  const parts = new Map<string, RunningRoot[]>();
  for (const [, shelf] of shelvesIn(index, scope)) for (const [origin, root] of shelf.origins) parts.set(origin, [...(parts.get(origin) ?? []), root]);
  return nonEmpty([...parts].map(([origin, roots]) => [origin, rootOf(sumOfRoots(roots))]));
}

/**
 * The newest records of an origin, if without them its digest is `theirs`: exactly what somebody lacks who has followed
 * the origin up to some instant. Null where that is not so.
 */
export function newestBeyond(index: RecordIndex, scope: Scope, { origin, theirs }: { readonly origin: string; readonly theirs: Root | undefined }): readonly LedgerRecord[] | null {
  const shelves = shelvesIn(index, scope).map(([, shelf]) => shelf);
  const rest = sumOfRoots(shelves.flatMap((shelf) => shelf.origins.get(origin) ?? []));
  const missing = rest.count - (theirs?.count ?? 0);
  if (missing <= 0) return null;
  const all = shelves.flatMap((shelf) => (shelf.origins.has(origin) ? shelf.records.filter((record) => originOf(record) === origin) : []));
  const cutoff = Float64Array.from(all, instantOf).toSorted()[all.length - missing]!;
  const newest = all.filter((record) => instantOf(record) >= cutoff).toSorted(compareRecords).slice(-missing);
  for (const record of newest) addToRoot(rest, record.contentId, -1);
  return sameRoot(rootOf(rest), theirs) ? newest : null;
}

/** Symbols `from` up to `to` of all records of some configurations: the sum of the configurations' own. */
export function symbolsOfConfigs(index: RecordIndex, configs: readonly string[], { key, from, to }: { readonly key: SketchKey; readonly from: number; readonly to: number }): Int32Array<ArrayBuffer> {
  const sum = new Int32Array((to - from) * SYMBOL_WORDS);
  for (const [, shelf] of shelvesIn(index, configs)) combineSymbols(sum, symbolsOf(sketchOf(shelf, key), from, to), 1);
  return sum;
}

function sketchOf(shelf: Shelf, key: SketchKey): Sketch {
  const kept = shelf.sketches.find((sketch) => sketch.key[0] === key[0] && sketch.key[1] === key[1]);
  if (kept !== undefined) return kept;
  const sketch = createSketch(key);
  for (const record of shelf.records) insertItem(sketch, record.contentId);
  if (shelf.sketches.length >= SKETCHES_MAX) shelf.sketches.pop();
  shelf.sketches.unshift(sketch);
  return sketch;
}

function shelvesIn(index: RecordIndex, scope: Scope): readonly (readonly [string, Shelf])[] {
  return [...index.shelves].filter(([config]) => scope === null || scope.includes(config));
}

function shelfOf(index: RecordIndex, config: string): Shelf {
  let shelf = index.shelves.get(config);
  if (shelf === undefined) index.shelves.set(config, (shelf = { records: [], places: new Map(), origins: new Map(), sketches: [] }));
  return shelf;
}

function nonEmpty(roots: readonly (readonly [string, Root])[]): ReadonlyMap<string, Root> {
  return new Map(roots.filter(([, { count }]) => count > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
