import { startPostgres } from "@gauntlet/adapters/testing";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { load, open, post } from "./raw-client.ts";
import type { BenchRow } from "./row.ts";

const CONNECTIONS = 8;
const ROUND_MS = 3000;
const ROUNDS = 3;
const MOVES = ["rock", "paper", "scissors"] as const;

/**
 * Whole games over HTTP against the application in one thread: every move is written down, and from the fourth round four
 * models of 300 rounds of trees guess. What one core can do is told by the time that the thread took of it, which a busy
 * machine doesn't change as it does the clock's.
 */
export async function benchRpsApi(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "gauntlet-bench-rps-"));
  const postgres = await startPostgres();
  try {
    const baseline = { name: "node:http that parses and keeps nothing", perSecond: await echoesPerSecond() };
    const sqlite = await playedAgainst(join(folder, "games.db"));
    const replicated = await playedAgainst(postgres.url);
    return [
      { name: "rps: /play a second of one core's time, on SQLite", perSecond: sqlite.perCoreSecond, target: 3000 },
      { name: "rps: /play a second as the clock goes, on SQLite", perSecond: sqlite.perSecond, target: null, baseline },
      { name: "rps: /play a second of one core's time, on PostgreSQL", perSecond: replicated.perCoreSecond, target: null },
      { name: "rps: /play a second as the clock goes, on PostgreSQL", perSecond: replicated.perSecond, target: null, baseline },
    ];
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true });
  }
}

interface Rate {
  readonly perSecond: number;
  readonly perCoreSecond: number;
}

async function playedAgainst(database: string): Promise<Rate> {
  const worker = new Worker(new URL("./rps-api-worker.ts", import.meta.url), { workerData: { database } });
  const coreMicros = async (): Promise<number> => {
    worker.postMessage("how much");
    return ((await once(worker, "message")) as [number])[0];
  };
  try {
    const [port] = (await once(worker, "message")) as [number];
    await matches(port, 1000);
    const best = { perSecond: 0, perCoreSecond: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const [from, before] = [performance.now(), await coreMicros()];
      const moves = await matches(port, ROUND_MS);
      best.perCoreSecond = Math.max(best.perCoreSecond, (moves * 1e6) / ((await coreMicros()) - before));
      best.perSecond = Math.max(best.perSecond, (moves * 1000) / (performance.now() - from));
    }
    return best;
  } finally {
    await worker.terminate();
  }
}

async function echoesPerSecond(): Promise<number> {
  const worker = new Worker(new URL("./http-echo-worker.ts", import.meta.url));
  try {
    const [port] = (await once(worker, "message")) as [number];
    const request = post("/", { outcomes: [], game_id: "0".repeat(36), user_move: "rock" });
    return (await load({ port, requests: [request], connections: CONNECTIONS, ms: ROUND_MS })).perSecond;
  } finally {
    await worker.terminate();
  }
}

/** Each connection plays one game after another. @returns how many moves. */
async function matches(port: number, ms: number): Promise<number> {
  const until = performance.now() + ms;
  const counts = await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, lane) => {
      const { ask, close } = await open(port);
      let moves = 0;
      while (performance.now() < until) {
        const { game_id } = JSON.parse(await ask(post("/start_game", { player_name: "bench", policy: "forrest", session_id: `bench-${lane}` }))) as { readonly game_id: string };
        for (let finished = false; !finished; moves++) ({ finished } = JSON.parse(await ask(post("/play", { game_id, user_move: MOVES[(moves + lane) % 3] }))) as { finished: boolean });
      }
      close();
      return moves;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
