import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

import { FAULTS } from "./faulty-peer.ts";
import { backendOf } from "./reconcile-seeds.ts";
import { runReconcileSeed } from "./run-reconcile-seed.ts";

/** With every fault and way to reconcile, and nodes on disk; many more by hand: `npm run chaos -- --reconcile --seeds 10000`. */
const SEEDS = 100;
const folder = mkdtempSync(join(tmpdir(), "gauntlet-chaos-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`I13, I18: ${SEEDS} seeds of killed nodes and of messages that are cut off, doubled, delayed and overtaken end in equal digests, ratings and conflicts`, async () => {
  const seen: Parameters<typeof runReconcileSeed>[0]["seen"] = new Set();
  for (let seed = 1; seed <= SEEDS; seed++) expect(await runReconcileSeed({ seed, backend: backendOf(seed), folder: join(folder, String(seed)), seen })).toEqual([]);
  // A simulation in which nothing happens ends well every time.
  expect(([...FAULTS, "equal", "vector", "sketch"] as const).filter((what) => !seen.has(what))).toEqual([]);
}, 240_000);
