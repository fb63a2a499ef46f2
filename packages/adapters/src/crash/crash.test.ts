import type { PriorRecords, Store } from "@gauntlet/controller";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPostgres } from "../postgres/testing/start-postgres.ts";
import type { RunningPostgres } from "../postgres/testing/start-postgres.ts";
import { foldBatch, MODEL, openPlace, OUTCOMES_PER_BATCH, UNIT } from "./fold-until-killed.ts";
import type { Orders } from "./fold-until-killed.ts";

const BATCHES = 40;
const ALL_OUTCOMES = (BATCHES - 1) * 10 + OUTCOMES_PER_BATCH;

let server: RunningPostgres;
let dataDir: string;

beforeAll(async () => {
  server = await startPostgres();
  dataDir = mkdtempSync(join(tmpdir(), "gauntlet-crash-"));
});

afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true });
});

/** Runs the child; kills it after `killAfter` acknowledgements when given. Returns the batches it acknowledged. */
async function runChild(orders: Orders, killAfter: number | null = null): Promise<{ readonly acknowledged: readonly number[]; readonly signal: string | null }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "fold-until-killed.ts"), "--orders", JSON.stringify(orders)], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (killAfter !== null && said.split("\n").length - 2 >= killAfter) child.kill("SIGKILL");
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  return { acknowledged: [...said.matchAll(/^acknowledged (\d+)$/gm)].map((match) => Number(match[1])), signal };
}

/** How many outcomes count, which is also what the total of their unit says. */
async function scored(store: Store): Promise<number> {
  const cells = await store.evidence.cells({ model: MODEL, epoch: 1, from: 0, to: 1 });
  const { units } = await lookUp(store, []);
  const counted = cells.reduce((sum, { statistic }) => sum + (statistic.kind === "count" ? statistic.n : Number.NaN), 0);
  expect(units.reduce((sum, { requests }) => sum + requests, 0)).toBe(counted);
  return counted;
}

async function lookUp(store: Store, requestIds: readonly string[]): Promise<PriorRecords> {
  const seen: PriorRecords[] = [];
  const probe = store.evidence.fold({ model: MODEL, batchId: "look", digest: "look", at: 0, requestIds, units: [{ epoch: 1, unit: UNIT }] }, (prior) => {
    seen.push(prior);
    throw new Error("only looking");
  });
  await expect(probe).rejects.toThrow("only looking");
  return seen[0] as PriorRecords;
}

/** Which of the batches are stored, asked by sending them again with another digest. */
async function stored(store: Store): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < BATCHES; n += 1) {
    const probe = store.evidence.fold({ model: MODEL, batchId: `batch-${n}`, digest: "another", at: 0, requestIds: [] }, () => {
      throw new Error("not stored");
    });
    const reason: unknown = await probe.catch((error: unknown) => error);
    if (reason instanceof Error && reason.message !== "not stored") found.push(n);
  }
  return found;
}

/** How many outcomes the given batches bring together. */
function outcomesOf(batches: readonly number[]): number {
  return new Set(batches.flatMap((n) => Array.from({ length: OUTCOMES_PER_BATCH }, (_, index) => n * 10 + index))).size;
}

const places: Readonly<Record<"sqlite" | "postgres", () => Orders["place"]>> = {
  sqlite: () => ({ kind: "sqlite", dataDir: join(dataDir, "sqlite") }),
  postgres: () => ({ kind: "postgres", url: server.url }),
};

describe.each(["sqlite", "postgres"] as const)("a process that folds into %s", (kind) => {
  test("counts every outcome once, wherever it is killed and however often its batches are sent again (I5)", async () => {
    const place = places[kind]();
    const lives: readonly { readonly kill: Orders["kill"]; readonly killAfter: number | null }[] = [
      { kill: { when: "computed", at: 5 }, killAfter: null },
      { kill: { when: "committed", at: 5 }, killAfter: null },
      { kill: { when: "computed", at: 14 }, killAfter: null },
      { kill: { when: "committed", at: 22 }, killAfter: null },
      // Somewhere after so many acknowledgements, as the scheduler will have it.
      { kill: { when: "told" }, killAfter: 1 },
      { kill: { when: "told" }, killAfter: 17 },
      { kill: { when: "told" }, killAfter: 30 },
    ];
    let acknowledgedSoFar: readonly number[] = [];
    for (const { kill, killAfter } of lives) {
      const { acknowledged, signal } = await runChild({ place, from: 0, to: BATCHES, kill }, killAfter);
      expect(signal).toBe("SIGKILL");
      acknowledgedSoFar = [...acknowledgedSoFar, ...acknowledged];
      const store = await openPlace(place);
      const present = await stored(store);
      // Whatever was acknowledged is there, what is there is there entirely, and counted once.
      expect(present).toEqual(expect.arrayContaining([...acknowledgedSoFar]));
      if (kill?.when === "committed") expect(present).toContain(kill.at);
      expect(await scored(store)).toBe(outcomesOf(present));
      await store.close();
    }
    const store = await openPlace(place);
    for (let n = BATCHES - 1; n >= 0; n -= 1) await foldBatch(store, n, () => undefined);
    expect(await scored(store)).toBe(ALL_OUTCOMES);
    const requestIds = Array.from({ length: ALL_OUTCOMES + 10 }, (_, index) => `request-${index}`);
    const kept = await lookUp(store, requestIds);
    expect([kept.predictions.length, kept.labels.length, kept.followUps.length]).toEqual([ALL_OUTCOMES, ALL_OUTCOMES, ALL_OUTCOMES]);
    await store.close();
  }, 60_000);
});

test("processes that fold the same batches into PostgreSQL at once, some of them killed, count every outcome once", async () => {
  await using(await openPlace(places.postgres()), async (store) => {
    const before = await scored(store);
    const from = 1_000;
    const orders = { place: places.postgres(), from, to: from + BATCHES };
    const lives = await Promise.all([
      runChild({ ...orders, kill: { when: "committed", at: from + 9 } }),
      runChild({ ...orders, kill: { when: "computed", at: from + 21 } }),
      runChild({ ...orders, kill: null }),
    ]);
    expect(lives[2]?.acknowledged).toHaveLength(BATCHES);
    expect(await scored(store)).toBe(before + ALL_OUTCOMES);
  });
}, 60_000);

async function using(store: Store, work: (store: Store) => Promise<void>): Promise<void> {
  try {
    await work(store);
  } finally {
    await store.close();
  }
}
