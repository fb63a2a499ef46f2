import { configOf, Failure, parseRecord, RATING_MODEL, recordOfTombstone, wireRecord } from "@gauntlet/core";
import type { ConflictStrategy, LedgerRecord, RatingModel, Sha256 } from "@gauntlet/core";
import type { Clock } from "../ports/clock.ts";
import type { AppendedMatches, MatchStore } from "../ports/match-store.ts";
import { blockOfRecords } from "./block-of-records.ts";
import { importBatch } from "./import-matches.ts";
import type { ConfigSummary, MatchLedger, MatchRegister, PurgeReport, PurgeRequest, ResolveRequest } from "./match-ledger.ts";
import { createMatchTable, heldOf, indexOf, insertBlock, insertHeld, isKnown, registerFor, rootOfConfig } from "./match-table.ts";
import type { MatchTable } from "./match-table.ts";
import { countsOf, createPlayed, eloOf, fitOf, latestOf, matchCount, orderedMatches, participantCount } from "./played-config.ts";
import type { PlayedConfig } from "./played-config.ts";

export interface MatchLedgerOptions {
  readonly store: MatchStore;
  /** 1–256 characters, another on every node. */
  readonly node: string;
  readonly strategy: ConflictStrategy;
  readonly clock: Clock;
  /** What `fit` fits; left out: `RATING_MODEL`. Anchors count where they have matches. */
  readonly model?: RatingModel;
  /** The platform's, which makes imports fast; left out: the core's own. */
  readonly hash?: Sha256;
  /** Batches of at least so many records are kept as columns, which takes a tenth of the memory and a fifth of the time; 1000 when left out. */
  readonly columnsFrom?: number;
}

const PAGE_RECORDS = 10_000;
const COLUMNS_FROM = 1000;

/** Reads everything the store has. @throws Failure `invalid_input` for a node that can't be an origin; what the store throws */
export async function openMatchLedger(options: MatchLedgerOptions): Promise<MatchLedger> {
  const writer = createWriter(options);
  // Where it can't be an origin, nothing that is recorded here could be sent to anybody.
  checkedTombstone(writer, { matchId: "m", version: null, board: "b", numPlayers: 2, at: 0, reason: "r" });
  await writer.inTurn(() => catchUp(writer));
  const { table, node, strategy, model } = writer;
  const played = (config: string): PlayedConfig => table.played.get(config) ?? createPlayed({ board: config, numPlayers: 0 });
  return {
    node,
    strategy,
    get revision() {
      return table.records;
    },
    refresh: () => writer.inTurn(() => catchUp(writer)),
    index: () => indexOf(table),
    importMatches: (values, some = {}) => importInTurn(writer, values, some),
    add: (records) => writer.inTurn(() => add(writer, records)),
    purge: (request) => writer.inTurn(() => purge(writer, request)),
    resolve: (request) => writer.inTurn(() => resolve(writer, request)),
    configs: () => summariesOf(table),
    matches: (config) => orderedMatches(played(config)),
    counts: (config) => countsOf(played(config)),
    fit: (config) => fitOf(played(config), model),
    elo: (config) => eloOf(played(config)),
    digest: (config) => rootOfConfig(table, config).digest,
    conflicts: (config) => [...table.disputed].toSorted().filter((id) => config === undefined || configsOf(heldOf(table, id)).has(config)).map((id) => registerFor(table, id)),
    register: (matchId) => (isKnown(table, matchId) ? registerFor(table, matchId) : null),
  };
}

interface Writer {
  readonly store: MatchStore;
  readonly table: MatchTable;
  readonly node: string;
  readonly strategy: ConflictStrategy;
  readonly model: RatingModel;
  readonly clock: Clock;
  readonly hash: Sha256 | undefined;
  readonly columnsFrom: number;
  /** Everything that reads or writes the store goes one after another. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** What is in memory reaches to here. */
  sequence: number;
}

function createWriter({ store, node, strategy, clock, hash, model = RATING_MODEL, columnsFrom = COLUMNS_FROM }: MatchLedgerOptions): Writer {
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work);
    turn = next;
    return next;
  };
  return { store, table: createMatchTable(strategy, Math.imul(clock.now() % 2 ** 32, 0x9e_37_79_b1)), node, strategy, clock, hash, model, columnsFrom, inTurn, sequence: 0 };
}

async function catchUp(writer: Writer): Promise<void> {
  for (;;) {
    const block = (await writer.store.readBlock?.(writer.sequence)) ?? null;
    if (block !== null) {
      insertBlock(writer.table, block);
      writer.sequence = block.firstSequence + block.records - 1;
      continue;
    }
    const page = await writer.store.read(writer.sequence, PAGE_RECORDS);
    if (page.length === 0) return;
    takeIn(writer, page.map(({ record }) => record));
    writer.sequence = page.at(-1)!.sequence;
  }
}

function takeIn({ table, columnsFrom }: Writer, records: readonly LedgerRecord[]): void {
  if (records.length >= columnsFrom) insertBlock(table, blockOfRecords(records));
  else for (const record of records) insertHeld(table, record);
}

async function add(writer: Writer, records: readonly LedgerRecord[]): Promise<{ readonly added: number; readonly held: number }> {
  const { added } = await append(writer, records);
  return { added, held: records.length - added };
}

/** The store first, then memory. */
async function append(writer: Writer, records: readonly LedgerRecord[], expect?: number): Promise<AppendedMatches> {
  const appended = await writer.store.append(records, expect);
  if (appended.before !== writer.sequence) await catchUp(writer);
  else {
    takeIn(writer, records);
    writer.sequence = appended.sequence;
  }
  return appended;
}

/** Each time somebody else got on. */
const ATTEMPTS_MAX = 100;

async function importInTurn(writer: Writer, values: Parameters<MatchLedger["importMatches"]>[0], options: NonNullable<Parameters<MatchLedger["importMatches"]>[1]>): ReturnType<MatchLedger["importMatches"]> {
  // A list takes its turn at once, so that calls are served in their order.
  const rows: readonly unknown[] = Array.isArray(values) ? values : await collect(values, options.onProgress);
  return writer.inTurn(async () => {
    for (let attempt = 1; ; attempt++) {
      await catchUp(writer);
      const { table, node, strategy, clock, hash } = writer;
      const refuses = options.refuseConflicts ?? strategy === "raise";
      const { report, appended } = importBatch(table, rows, { now: clock.now(), origin: options.origin ?? node, refuses, matchesOnly: options.matchesOnly ?? false, ...(hash === undefined ? {} : { hash }) });
      if (options.dryRun === true || appended.length === 0) return report;
      try {
        await append(writer, appended, refuses ? writer.sequence : undefined);
        return report;
      } catch (error) {
        // Another process appended in between, perhaps another version of one of these.
        if (!(error instanceof Failure) || error.code !== "ledger_conflict" || attempt === ATTEMPTS_MAX) throw error;
      }
    }
  });
}

async function collect(values: Iterable<unknown> | AsyncIterable<unknown>, onProgress: ((rows: number) => void) | undefined): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  for await (const value of values) {
    rows.push(value);
    if (rows.length % PAGE_RECORDS === 0) onProgress?.(rows.length);
  }
  return rows;
}

async function purge(writer: Writer, { matchIds, by, reason }: PurgeRequest): Promise<PurgeReport> {
  await catchUp(writer);
  const unknown = matchIds.filter((id) => !isKnown(writer.table, id));
  if (unknown.length > 0) {
    throw new Failure("not_found", `there is no match "${unknown[0]}" here${unknown.length === 1 ? "" : `, nor ${unknown.length - 1} more of these`}; nothing was purged`, { fix: "name matches that this node holds; import or synchronise first", problems: unknown.slice(0, 100).map((id) => ({ pointer: `/${id}`, detail: "is not known here" })) });
  }
  const fresh = [...new Set(matchIds)].filter((id) => !heldOf(writer.table, id).some((record) => record.kind === "tombstone" && record.tombstone.version === null));
  await append(writer, fresh.map((matchId) => tombstoneOf(writer, { matchId, version: null, by, reason })));
  return { purged: fresh.length, known: matchIds.length - fresh.length };
}

async function resolve(writer: Writer, { matchId, keep, by, reason }: ResolveRequest): Promise<MatchRegister> {
  await catchUp(writer);
  const { table } = writer;
  if (!isKnown(table, matchId)) throw new Failure("not_found", `there is no match "${matchId}" here`, { fix: "list the conflicts to see their ids" });
  const { register } = registerFor(table, matchId);
  const out = (contentId: string): boolean => register.tombstones.some(({ tombstone }) => tombstone.version === null || tombstone.version === contentId);
  const standing = register.versions.map(({ contentId }) => contentId).filter((contentId) => !out(contentId));
  if (!standing.includes(keep)) {
    throw new Failure("invalid_input", `match "${matchId}" has no version ${keep} that stands`, { fix: standing.length === 0 ? "all of its versions were purged" : `keep one of ${standing.join(", ")}` });
  }
  await append(writer, standing.filter((contentId) => contentId !== keep).map((version) => tombstoneOf(writer, { matchId, version, by, reason })));
  return registerFor(table, matchId);
}

function tombstoneOf(writer: Writer, { matchId, version, by, reason }: { readonly matchId: string; readonly version: string | null; readonly by: string; readonly reason: string }): LedgerRecord {
  const known = heldOf(writer.table, matchId);
  const first = known.find((record) => record.kind === "match" && (version === null || record.contentId === version)) ?? known[0]!;
  const { board, numPlayers } = first.kind === "match" ? first.match : first.tombstone;
  return checkedTombstone(writer, { matchId, version, board, numPlayers, at: writer.clock.now(), reason: `${by}: ${reason}` });
}

/** By the rules that a peer will read it by. */
function checkedTombstone({ node, clock }: Writer, fields: Omit<Parameters<typeof recordOfTombstone>[0], "origin">): LedgerRecord {
  const record = recordOfTombstone({ ...fields, origin: node });
  const parsed = parseRecord(wireRecord(record), { now: clock.now() });
  if ("kind" in parsed) return parsed;
  const [problem] = parsed;
  const what = problem!.pointer === "/tombstone/origin" ? `the name of this node, "${node}",` : problem!.pointer === "/tombstone/reason" ? "who purges and why, together," : problem!.pointer;
  throw new Failure("invalid_input", `${what} ${problem!.detail}`, { fix: "shorten or correct it", problems: parsed });
}

function summariesOf(table: MatchTable): readonly ConfigSummary[] {
  const conflicts = new Map<string, number>();
  for (const id of table.disputed) for (const config of configsOf(heldOf(table, id))) conflicts.set(config, (conflicts.get(config) ?? 0) + 1);
  return [...table.played.keys()].toSorted().map((config) => summaryOf(table, config, conflicts.get(config) ?? 0));
}

function summaryOf(table: MatchTable, config: string, conflicts: number): ConfigSummary {
  const played = table.played.get(config)!;
  const root = rootOfConfig(table, config);
  return {
    config,
    ...played.config,
    matches: matchCount(played),
    participants: participantCount(played),
    conflicts,
    records: root.count,
    digest: root.digest,
    latestAt: latestOf(played),
  };
}

/** Versions of one match may be of several. */
function configsOf(records: readonly LedgerRecord[]): ReadonlySet<string> {
  return new Set(records.filter(({ kind }) => kind === "match").map(configOf));
}
