import { join } from "node:path";

import { paths } from "@gauntlet/contract";
import { createToken, createVersion, ensureRegisteredModel, parseConfig, startServer, type RunningServer } from "@gauntlet/server";

export const CONFIG = "square8_2p";
export const MODEL = "searcher";
/** Promoted, and losing since. */
export const FALLEN = "opening-book";
export const DISPUTED = "square8-17";
const DAY = 86_400_000;
const START = Date.parse("2026-03-02T00:00:00Z");
const VERSIONS = ["depth-1", "depth-2", "depth-3", "depth-4", "depth-5", "depth-6", "depth-7", "depth-8"];

export interface RatingsServer {
  readonly server: RunningServer;
  /** Of an operator. */
  readonly token: string;
  close(): Promise<void>;
}

/**
 * Two real nodes. In east a stronger version joins from time to time, two versions of another family only play each other,
 * and one never lost. West follows at first, then tells two matches differently; they reconcile, a third is not there.
 */
export async function openRatings(options: { readonly dataDir: string; readonly consoleDir: string; readonly port?: number }): Promise<RatingsServer> {
  const clock = { at: START + 5 * DAY, now: () => clock.at };
  const start = (node: string, ratings: string, port: number) => {
    const config = { ...parseConfig(`{ listen: { port: ${port} }, ratings: { node: ${node}, ${ratings} } }`, "the test", {}), dataDir: join(options.dataDir, node) };
    return startServer(config, { clock, loop: false, consoleDir: options.consoleDir, log: () => undefined });
  };
  const west = await start("west", "conflicts: last_write_wins", 0);
  const westToken = await tokenOf(west);
  const east = await start("east", `peers: { west: { kind: http, url: '${west.url}', token: ${westToken} }, north: { kind: http, url: 'http://127.0.0.1:9' } }`, options.port ?? 0);
  const token = await tokenOf(east);
  const matches = ladderMatches("square8");
  await send(east, token, [...matches.slice(0, 500), ...apart(), ...ladderMatches("hex11").slice(0, 90)]);
  await post(east, token, { path: paths.reconcile, body: {} });
  for (let day = 0; day < 5; day++) {
    clock.at += DAY;
    await send(east, token, matches.slice(500 + day * 92, 500 + (day + 1) * 92));
    await post(east, token, { path: paths.drift, body: { target: "west", boardType: "square8", numPlayers: 2 } });
  }
  await send(west, westToken, [told(matches, DISPUTED), told(matches, "square8-240")]);
  clock.at += DAY / 4;
  await post(east, token, { path: paths.reconcile, body: {} });
  await post(east, token, { path: paths.drift, body: { target: "west", boardType: "square8", numPlayers: 2 } });
  await promote(east, token, clock);
  await fall(east, token, clock);
  return {
    server: east,
    token,
    close: async () => {
      await east.close();
      await west.close();
    },
  };
}

const POLICY = `
kind: rating
name: stronger search
model: ${MODEL}
promotion: production
board: arena
players: 2
baseline: champion
criteria: { minEloImprovement: 0, minGames: 60, minWinRate: 50%, confidence: 95% }
sprt: { width: 40, beta: 5% }
harm: { elo: 60, alpha: 0.1% }
`;

/** Two versions, that play as `<player>-1` and `<player>-2`. */
async function register({ composition: { mlflow, controller } }: RunningServer, model: string, player: string): Promise<void> {
  await ensureRegisteredModel(mlflow, model, "");
  for (const version of ["1", "2"]) {
    await createVersion(mlflow, { model, source: `s3://models/${model}/${version}`, runId: null, tags: { participant: `${player}-${version}`, "gauntlet.digest": `sha256:${version.repeat(64)}` }, description: null });
  }
  await controller.registry.setAlias(model, "champion", "1");
}

/** Version 2 wants to serve instead of 1: they play pairs of games with seats swapped, and some single ones. */
async function promote(server: RunningServer, token: string, clock: { at: number }): Promise<void> {
  await register(server, MODEL, "search");
  await send(server, token, duel(0, 40));
  clock.at += 3_600_000;
  await post(server, token, { path: paths.rollouts(MODEL), body: { policy: POLICY, challenger: "2" } });
  await send(server, token, duel(40, 190));
  clock.at += 3_600_000;
  await server.tick(MODEL);
}

const MONITORED = `
kind: rating
name: opening book
model: ${FALLEN}
promotion: production
mode: compat
board: openings
players: 2
baseline: champion
criteria: { minGames: 50 }
monitor: { every: 1h, window: 1d, consecutive: 3, severe: 10, minSamples: 20, cooldown: 6h }
`;

/** Version 2 wins and is promoted; from then on it loses a little more than it wins, check after check. */
async function fall(server: RunningServer, token: string, clock: { at: number }): Promise<void> {
  await register(server, FALLEN, "book");
  let game = 0;
  const play = (games: number, share: number) => {
    const matches = Array.from({ length: games }, (): Sent => {
      const i = game++;
      const better = (i * 0.618_033_988_749) % 1 < share ? "book-2" : "book-1";
      const players = i % 2 === 0 ? ["book-2", "book-1"] : ["book-1", "book-2"];
      return { id: `book-${i}`, players, places: players.map((player) => (player === better ? 1 : 2)), board: "openings", at: clock.at - 3_600_000 + i * 1000, length: 40 };
    });
    return send(server, token, matches);
  };
  await play(100, 0.7);
  await post(server, token, { path: paths.rollouts(FALLEN), body: { policy: MONITORED, challenger: "2" } });
  for (let i = 0; i < 3; i++) await server.tick(FALLEN);
  for (const share of [0.68, 0.55, 0.5]) {
    clock.at += 3_600_000;
    await play(24, share);
    await server.tick(FALLEN);
  }
}

function duel(from: number, to: number): readonly Sent[] {
  return Array.from({ length: to - from }, (_, k): Sent => {
    const i = from + k;
    const pair = Math.floor(i / 2);
    const luck = (i * 0.618_033_988_749) % 1;
    const better = luck < 0.1 ? "nobody" : luck < 0.585 ? "search-2" : "search-1";
    const players = i % 2 === 0 ? ["search-2", "search-1"] : ["search-1", "search-2"];
    return { id: `duel-${i}`, players, places: better === "nobody" ? [1, 1] : players.map((player) => (player === better ? 1 : 2)), board: "arena", at: START + 9 * DAY + i * 60_000, length: 30 + (i % 20), ...(i % 7 === 0 ? {} : { tournament: `pair-${pair}` }) };
  });
}

async function tokenOf(server: RunningServer): Promise<string> {
  return (await createToken(server.composition.store.tokens, { name: "the test", role: "operator", now: Date.now() })).secret;
}

function send(server: RunningServer, token: string, matches: readonly Sent[]): Promise<void> {
  return post(server, token, { path: paths.matchImport, body: { matches } });
}

let calls = 0;

async function post(server: RunningServer, token: string, { path, body }: { readonly path: string; readonly body: object }): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": `call-${++calls}` };
  const response = await server.fetch(new Request(`http://127.0.0.1${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
  if (response.status !== 200) throw new Error(await response.text());
}

interface Sent {
  readonly id: string;
  readonly players: readonly string[];
  readonly places: readonly number[];
  readonly board: string;
  readonly at: number;
  readonly length: number;
  readonly origin?: string;
  readonly tournament?: string;
}

/** Every version is 70 Elo stronger than the one before, and plays from its day on; who wins follows from the match's number. */
function ladderMatches(board: string): readonly Sent[] {
  return Array.from({ length: 960 }, (_, i): Sent => {
    const known = Math.min(VERSIONS.length, 3 + Math.floor(i / 120));
    const first = (i * 7) % known;
    const second = (first + 1 + ((i * 5) % (known - 1))) % known;
    const share = 1 / (1 + 10 ** ((70 * (second - first)) / 400));
    const luck = (i * 0.618_033_988_749) % 1;
    const places = (i * 0.754_877_666) % 1 < 0.08 ? [1, 1] : luck < share ? [1, 2] : [2, 1];
    return { id: `${board}-${i}`, players: [VERSIONS[first]!, VERSIONS[second]!], places, board, at: START + i * 780_000, length: 24 + ((i * 11) % 60) };
  });
}

function apart(): readonly Sent[] {
  const family = Array.from({ length: 24 }, (_, i): Sent => ({ id: `family-${i}`, players: ["learned-a", "learned-b"], places: i % 3 === 0 ? [2, 1] : [1, 2], board: "square8", at: START + i * 3_600_000, length: 40 }));
  return [...family, { id: "guest-1", players: ["guest", "depth-1"], places: [1, 2], board: "square8", at: START + 7_200_000, length: 18 }];
}

/** The same match as another node tells it: the result the other way round, and a little later. */
function told(matches: readonly Sent[], id: string): Sent {
  const match = matches.find((one) => one.id === id);
  if (match === undefined) throw new Error(`there is no match ${id}`);
  return { ...match, places: match.places.toReversed(), at: match.at + 4000, length: match.length + 2, origin: "west" };
}
