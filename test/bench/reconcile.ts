import { packMessage } from "@gauntlet/adapters";
import { answerSession, beginSession, createDecoder, createRecordIndex, createSketch, insertItem, insertRecord, mergeMatches, recordOfMatch, SYMBOL_WORDS, symbolsOf, type LedgerRecord, type Message, type RecordIndex, type SessionOutcome, type SessionStep } from "@gauntlet/core";

import { bestOf, type BenchRow } from "./row.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const MATCHES = 1_000_000;
/** Number of the next match that no ledger has. */
let fresh = 2 * MATCHES;
const KEY = [0x1234_5678, 0x9abc_def0] as const;

/** What two ledgers of a million matches say to each other, in bytes and round trips, and how fast that is made. */
export function benchReconcile(): readonly BenchRow[] {
  const made = performance.now();
  const all = Array.from({ length: MATCHES }, (_, n) => recordOf(n));
  const perSecondMade = (MATCHES * 1000) / (performance.now() - made);
  const indexed = performance.now();
  const far = createRecordIndex(all);
  const perSecondIndexed = (MATCHES * 1000) / (performance.now() - indexed);
  const near = createRecordIndex(all);
  return [
    { name: "reconcile: matches given their content id", perSecond: perSecondMade, target: null },
    { name: "reconcile: records put into an index of 1 M", perSecond: perSecondIndexed, target: null },
    { name: "reconcile: ids put into a sketch of 1024 symbols", perSecond: bestOf(2, () => sketchedPerSecond(all.slice(0, 300_000))), target: null },
    { name: "reconcile: differences decoded of 10,000", perSecond: bestOf(3, () => decodedPerSecond(all)), target: null },
    { name: "reconcile: rows merged in batches of 10,000", perSecond: bestOf(2, mergedPerSecond), target: null },
    ...symbolRows(all),
    ...[0, 1, 10, 100].flatMap((differences) => talkRows({ near, far }, differences, "here")),
    ...talkRows({ near, far }, 1, "there"),
    ...talkRows({ near, far }, 100, "on both sides"),
  ];
}

/** How many symbols a difference takes: the mean of 30 pairs of sets. */
function symbolRows(all: readonly LedgerRecord[]): readonly BenchRow[] {
  return [1, 10, 100, 1000].map((differences) => {
    let read = 0;
    const rounds = 30;
    for (let round = 0; round < rounds; round++) read += symbolsFor(all.slice(round * 2000, round * 2000 + differences));
    return { name: `reconcile: symbols per difference, of ${differences} (less is better)`, perSecond: read / rounds / differences, target: null };
  });
}

function symbolsFor(records: readonly LedgerRecord[]): number {
  const [theirs, ours] = [createSketch(KEY), createSketch(KEY)];
  const held = new Set<string>();
  for (const [i, { contentId }] of records.entries()) {
    insertItem(i % 2 === 0 ? theirs : ours, contentId);
    if (i % 2 === 1) held.add(contentId);
  }
  const decoder = createDecoder({ key: KEY, symbolsMax: 100_000, holds: (id) => held.has(id) });
  for (let read = 0; ; read++) if (decoder.read(symbolsOf(theirs, read, read + 1), symbolsOf(ours, read, read + 1)).kind === "done") return read + 1;
}

/** So many records lie in the middle of one ledger, or half of them in either, and were never heard of by the other. */
function talkRows({ near, far }: { readonly near: RecordIndex; readonly far: RecordIndex }, differences: number, missing: "here" | "there" | "on both sides"): readonly BenchRow[] {
  for (let i = 0; i < differences; i++) insertRecord(missing === "here" || (missing === "on both sides" && i % 2 === 0) ? far : near, recordOf(fresh++, NOW - 2_000_000_000 + i));
  const from = performance.now();
  const { bytes, recordBytes, packed, outcome } = talk(near, far);
  const seconds = (performance.now() - from) / 1000;
  if (!outcome.equal || outcome.received + outcome.sent !== differences) throw new Error(`the ledgers are not equal after ${differences} differences: ${JSON.stringify(outcome)}`);
  const promised = differences === 1 ? { atMost: 4000 } : differences === 100 ? { atMost: 10_000 } : {};
  const of = differences === 0 ? "nothing of 1 M differs" : `${differences} of 1 M are missing ${missing}`;
  const rows: BenchRow[] = [
    { name: `reconcile: bytes when ${of}, as JSON, without the records`, perSecond: bytes - recordBytes, target: null },
    { name: `reconcile: bytes when ${of}, as they go over the wire, with the records`, perSecond: packed, target: null, ...promised },
    { name: `reconcile: round trips when ${of}`, perSecond: outcome.answers, target: null, ...(differences === 1 ? { atMost: 3 } : {}) },
    { name: `reconcile: sessions a second when ${of}`, perSecond: 1 / seconds, target: null },
  ];
  return rows;
}

function talk(near: RecordIndex, far: RecordIndex): { readonly bytes: number; readonly recordBytes: number; readonly packed: number; readonly outcome: SessionOutcome } {
  const ours = beginSession({ index: near, now: NOW, session: "bench", scope: null });
  const theirs = answerSession({ index: far, now: NOW, sketchKey: KEY });
  let [bytes, recordBytes, packed] = [0, 0, 0];
  let outcome: SessionOutcome | null = null;
  let message: Message | null = ours.first;
  for (let toFar = true; message !== null; toFar = !toFar) {
    const line: string = `${JSON.stringify(message)}\n`;
    bytes += line.length;
    packed += packMessage(message).length;
    if (message.kind === "part") for (const record of message.records) recordBytes += JSON.stringify(record).length + 1;
    const step: SessionStep = (toFar ? theirs : ours).receive(JSON.parse(line)).proceed();
    if (!toFar) outcome ??= step.outcome;
    message = step.send;
  }
  return { bytes, recordBytes, packed, outcome: outcome! };
}

function sketchedPerSecond(records: readonly LedgerRecord[]): number {
  const from = performance.now();
  const sketch = createSketch(KEY);
  for (const { contentId } of records) insertItem(sketch, contentId);
  symbolsOf(sketch, 0, 1024);
  return (records.length * 1000) / (performance.now() - from);
}

function decodedPerSecond(all: readonly LedgerRecord[]): number {
  const sketch = createSketch(KEY);
  for (const { contentId } of all.slice(0, 10_000)) insertItem(sketch, contentId);
  const symbols = symbolsOf(sketch, 0, 16_000);
  const none = new Int32Array(16_000 * SYMBOL_WORDS);
  const from = performance.now();
  const decoding = createDecoder({ key: KEY, symbolsMax: 16_000, holds: () => false }).read(symbols, none);
  if (decoding.kind !== "done" || decoding.theirs.length !== 10_000) throw new Error(`10,000 differences were not decoded: ${decoding.kind}`);
  return (10_000 * 1000) / (performance.now() - from);
}

function mergedPerSecond(): number {
  const batch = Array.from({ length: 10_000 }, (_, n) => ({ match: (recordOf(n) as LedgerRecord & { readonly kind: "match" }).match }));
  const from = performance.now();
  const { appended } = mergeMatches(() => [], batch, { strategy: "last_write_wins", now: NOW });
  return (appended.length * 1000) / (performance.now() - from);
}

function recordOf(n: number, at = NOW - 2_000_000_000 + n): LedgerRecord {
  const [a, b] = [n % 211, (n % 211) + 1 + (n % 17)];
  return recordOfMatch({ id: `game-${n.toString(36).padStart(8, "0")}`, players: [`model-${a}`, `model-${b}`], places: n % 3 === 0 ? [1, 2] : [2, 1], board: n % 2 === 0 ? "square8" : "hex8", numPlayers: 2, length: 40 + (n % 30), durationMs: 9000 + (n % 1000), at, origin: `node-${n % 3}`, tournament: null });
}
