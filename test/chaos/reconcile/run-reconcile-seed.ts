import { syncWith, type MatchLedger } from "@gauntlet/controller";
import { canonicalJson, Failure, ratingsDigest, totalRoot, type Match } from "@gauntlet/core";
import { join } from "node:path";

import { seededRandom, type Random } from "../random.ts";
import { faultyPeer, type Fault, type Line } from "./faulty-peer.ts";
import { ChaosNode, diskOf, type Backend } from "./node.ts";

export interface ReconcileSeed {
  readonly seed: number;
  readonly backend: Backend;
  /** For backends that need one; empty. */
  readonly folder: string;
  readonly seen: Set<Fault | SyncPath>;
}

type SyncPath = "equal" | "vector" | "sketch" | "bulk";

const NOW = Date.UTC(2026, 0, 31, 12);
const ROUNDS = 5;
const TROUBLE = 0.15;

/**
 * 2–5 nodes in a random connected topology play, dispute and purge matches while they reconcile over bad lines, two
 * sessions at once, and are killed. When the lines are good again, every node says the same. Returns what differs.
 */
export async function runReconcileSeed({ seed, backend, folder, seen }: ReconcileSeed): Promise<readonly string[]> {
  const random = seededRandom(seed);
  const size = random.between(2, 6);
  const nodes = Array.from({ length: size }, (_, n) => new ChaosNode(`node-${n}`, diskOf(backend, join(folder, `node-${n}`)), () => NOW));
  try {
    for (const node of nodes) await node.start();
    const edges = topology(size, random);
    const line: Line = { random, late: [], trouble: TROUBLE, seen: seen as Set<Fault> };
    let next = 0;
    for (const node of nodes) {
      const count = random.pick([0, 10, 40]);
      await play(node, { random, from: next, count });
      next += count;
    }
    for (let round = 0; round < ROUNDS; round++) {
      const pairs = random.shuffle(edges).map(([a, b]): readonly [ChaosNode, ChaosNode] => (random.chance(0.5) ? [nodes[a]!, nodes[b]!] : [nodes[b]!, nodes[a]!]));
      for (let at = 0; at < pairs.length; at += 2) {
        await Promise.all(pairs.slice(at, at + 2).map((pair) => session(pair, line, seen)));
        await revive(nodes);
        const count = random.between(0, 4);
        // A node may die while it records its own, too.
        await play(random.pick(nodes as [ChaosNode, ...ChaosNode[]]), { random, from: next, count }).catch(notKilled);
        await revive(nodes);
        next += count;
      }
    }
    await heal(nodes, edges, { ...line, trouble: 0 }, seen);
    return differences(nodes, seed);
  } finally {
    for (const node of nodes) await node.stop();
  }
}

async function session([from, to]: readonly [ChaosNode, ChaosNode], line: Line, seen: Set<Fault | SyncPath>): Promise<void> {
  const { run } = await syncWith(from.ledger, faultyPeer({ from, to }, line), { runId: `run-${line.random.between(0, 1e9)}`, now: () => NOW, signal: new AbortController().signal, scope: null });
  if (run.path !== null) seen.add(run.path);
}

function notKilled(error: unknown): void {
  if (!(error instanceof Failure) || error.code !== "store_unavailable") throw error;
}

/** Processes that died in the meantime start again, from what is on their disks. */
async function revive(nodes: readonly ChaosNode[]): Promise<void> {
  for (const node of nodes) {
    const alive = await node.ledger.refresh().then(
      () => true,
      () => false,
    );
    if (!alive) await node.start();
  }
}

/** Along every edge, as often as it takes a record to cross the longest path, and once more from other lives. */
async function heal(nodes: readonly ChaosNode[], edges: readonly (readonly [number, number])[], line: Line, seen: Set<Fault | SyncPath>): Promise<void> {
  for (const node of nodes) await node.start();
  for (let round = 0; round < nodes.length; round++) for (const [a, b] of edges) await session([nodes[a]!, nodes[b]!], line, seen);
}

const PLAYERS = ["a", "b", "c", "d", "e"] as const;
const BOARDS = ["hex8", "square8"] as const;

/** New matches, other versions of known ones, purges, and conflicts that a person settles. */
async function play(node: ChaosNode, { random, from, count }: { readonly random: Random; readonly from: number; readonly count: number }): Promise<void> {
  const rows: unknown[] = [];
  for (let n = from; n < from + count; n++) rows.push(row(n, random));
  if (from > 0 && random.chance(0.5)) rows.push(row(random.between(0, from), random));
  await node.ledger.importMatches(rows);
  if (from > 0 && random.chance(0.1)) {
    const id = `m-${random.between(0, from)}`;
    if (node.ledger.register(id) !== null) await node.ledger.purge({ matchIds: [id], by: "ann", reason: "broken build" });
  }
  const [disputed] = node.ledger.conflicts();
  if (disputed !== undefined && random.chance(0.3)) {
    const { register } = disputed;
    const standing = register.versions.filter(({ contentId }) => !register.tombstones.some(({ tombstone }) => tombstone.version === null || tombstone.version === contentId));
    await node.ledger.resolve({ matchId: register.matchId, keep: random.pick(standing as [(typeof standing)[number], ...typeof standing]).contentId, by: "ann", reason: "looked at the recording" });
  }
}

function row(n: number, random: Random): Omit<Match, "origin"> {
  const players = random.shuffle(PLAYERS).slice(0, random.pick([2, 2, 2, 4]));
  return { id: `m-${n}`, players, places: random.shuffle(players.map((_, i) => i + 1)), board: BOARDS[n % 2]!, numPlayers: players.length, length: random.between(20, 90), durationMs: null, at: NOW - random.between(0, 1_000_000), tournament: null };
}

/** A tree, so that all are connected, and perhaps some edges more. */
function topology(size: number, random: Random): readonly (readonly [number, number])[] {
  const edges = Array.from({ length: size - 1 }, (_, i) => [i + 1, random.between(0, i + 1)] as const);
  const more = random.chance(0.5) && size > 2 ? [[0, size - 1] as const] : [];
  return [...edges, ...more];
}

function differences(nodes: readonly ChaosNode[], seed: number): readonly string[] {
  const said = nodes.map(({ ledger }) => saidBy(ledger));
  return said.flatMap((one, n) => (one === said[0] ? [] : [`seed ${seed}: node-${n} says ${firstDifference(one, said[0]!)}, node-0 says ${firstDifference(said[0]!, one)}`]));
}

function firstDifference(one: string, other: string): string {
  const at = [...one].findIndex((character, i) => character !== other[i]);
  return `…${one.slice(Math.max(0, at - 150), at + 150)}…`;
}

/** Everything that ledgers must agree on: records, what counts of them, conflicts, ratings to the last bit. */
function saidBy(ledger: MatchLedger): string {
  const configs = ledger.configs().map(({ config, matches, conflicts, digest }) => ({ config, matches, conflicts, digest, ratings: matches === 0 ? null : ratingsDigest(ledger.fit(config)), elo: ledger.elo(config) }));
  const conflicts = ledger.conflicts().map(({ register, resolution }) => [register.matchId, register.versions.map(({ contentId }) => contentId), resolution]);
  return canonicalJson([totalRoot(ledger.index(), null), configs, conflicts]);
}
