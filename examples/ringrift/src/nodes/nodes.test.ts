import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { planRound } from "../matches/planned-game.ts";
import { writeVersion } from "../player/version.ts";
import { RING37 } from "../rules/board.ts";
import { openNodes, type Nodes } from "./open-nodes.ts";
import type { NodeReport } from "./orders.ts";

const AT = Date.UTC(2026, 8, 7);
const HOUR_MS = 3_600_000;
const names = ["east", "west", "north"];
const folder = mkdtempSync(join(tmpdir(), "gauntlet-nodes-"));
let nodes: Nodes;

beforeAll(async () => {
  nodes = await openNodes({ names, dataDir: folder, at: AT });
  for (const node of nodes.all) {
    await node.order({ kind: "load", participant: "a", artifact: writeVersion({ weights: [1000, 0, 0, 0, 0, 0], nodes: 20 }), release: "sound" });
    await node.order({ kind: "load", participant: "b", artifact: writeVersion({ weights: [1000, 500, -900, 0, 0, 100], nodes: 20 }), release: node.name === "north" ? "faulty" : "sound" });
  }
});
afterAll(async () => {
  await nodes.end();
  rmSync(folder, { recursive: true, force: true });
});

function node(name: string) {
  return nodes.all[names.indexOf(name)] as Nodes["all"][number];
}

const round = (id: string, openings: number, seed: number) => planRound({ id, board: RING37, players: ["a", "b"], openings, seed });

async function reports(): Promise<readonly NodeReport[]> {
  return Promise.all(nodes.all.map((one) => one.order({ kind: "tell" })));
}

test("nodes drift while one is cut off, say different things of the same games, and in the end hold the same to the last bit", async () => {
  nodes.cutOff("north");
  // The second round was given to north; nobody hears from it, so east plays it too, later and with the right version.
  await Promise.all([
    node("east").order({ kind: "play", games: round("r1", 6, 1), at: AT }),
    node("north").order({ kind: "play", games: round("r2", 6, 2), at: AT }),
    node("west").order({ kind: "play", games: round("r3", 6, 3), at: AT }),
  ]);
  await node("east").order({ kind: "play", games: round("r2", 6, 2), at: AT + HOUR_MS });
  for (const one of nodes.all) await one.order({ kind: "clock", at: AT + 2 * HOUR_MS });
  const [reached] = await node("east").order({ kind: "reconcile", peers: ["west"] });
  expect(reached).toMatchObject({ peer: "west", equal: true, error: null, recordsSent: 24, recordsReceived: 12 });
  const [unreached] = await node("east").order({ kind: "reconcile", peers: ["north"] });
  expect(unreached?.equal).toBeNull();
  expect(unreached?.error).toMatch(/north/);
  const apart = await reports();
  expect(new Set(apart.map((one) => one.configs[0]?.digest)).size).toBe(2);
  expect(apart[0]?.configs[0]?.ratings).not.toBe(apart[2]?.configs[0]?.ratings);

  nodes.join("north");
  const [joined] = await node("north").order({ kind: "reconcile", peers: ["east"] });
  expect(joined).toMatchObject({ equal: true, recordsReceived: 36, recordsSent: 12, resolved: 12 });
  expect(await node("west").order({ kind: "reconcile", peers: ["east", "north"] })).toMatchObject([{ equal: true }, { equal: true }]);
  const together = await reports();
  for (const report of together) expect(report.configs).toEqual(together[0]?.configs);
  // North's versions of the second round are kept, and east's count: they are later.
  expect(together[0]?.configs[0]).toMatchObject({ config: "ring37_2p", matches: 36, conflicts: 12 });
});
