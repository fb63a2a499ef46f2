import { httpHook } from "@gauntlet/adapters";
import { deliverHooks, documentFiles, findDecision, followLedger, readChain, readState, replayLedger, verifyLedger, type Controller } from "@gauntlet/controller";
import { canonicalJson, emptyState, project, type LedgerEntry } from "@gauntlet/core";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { everyDeath, live, type Boundary } from "./kill-life.ts";
import { at, DUE_AT, prepare, preparePromoted, prepareRamp, prepareTelling, prepareWatch, prepareWatched, STAGE_OVER_AT, tickUntilApplied, WATCH_OVER_AT } from "./kill-place.ts";
import { LEASE_MS, MODEL } from "./scenario.ts";
import { toldHook } from "./told-hook.ts";

const MINUTES_5 = 300_000;
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "gauntlet-kill-"));
});

afterAll(() => rmSync(root, { recursive: true }));

interface Case {
  readonly name: string;
  readonly prepare: (dataDir: string) => Promise<void>;
  readonly at: number;
  /** The decision that is taken, and what is so in the end. */
  readonly verdict: "promote" | "rollback" | "advance";
  readonly aliases: Readonly<Record<string, string>>;
  readonly serving: readonly string[];
  readonly stages: readonly [string, string];
  readonly lifecycle: readonly [string | undefined, string];
  readonly status: "promoted" | "rolled_back" | "running";
  /** How many versions' tags name the decision, and how many documents tell it. */
  readonly named: 0 | 2;
  readonly documents: number;
  /** Port calls that it takes at least; a step of a ramp moves traffic only, so that it has fewer places to die at. */
  readonly callsMin: number;
}

const CASES: readonly Case[] = [
  { name: "promotion", prepare, at: DUE_AT, verdict: "promote", aliases: { champion: "2", previous: "1" }, serving: ["2"], stages: ["Archived", "Production"], lifecycle: ["previous", "champion"], status: "promoted", named: 2, documents: 3, callsMin: 50 },
  { name: "rollback", prepare: preparePromoted, at: DUE_AT + 7_200_000, verdict: "rollback", aliases: { champion: "1" }, serving: ["1"], stages: ["Production", "Archived"], lifecycle: ["champion", "rolled_back"], status: "rolled_back", named: 2, documents: 3, callsMin: 50 },
  { name: "step of a ramp", prepare: prepareRamp, at: STAGE_OVER_AT, verdict: "advance", aliases: { champion: "1", challenger: "2" }, serving: ["1", "2"], stages: ["Production", "None"], lifecycle: [undefined, "candidate"], status: "running", named: 0, documents: 0, callsMin: 12 },
  { name: "step into a watch", prepare: prepareWatch, at: DUE_AT, verdict: "advance", aliases: { champion: "1", challenger: "2", previous: "1" }, serving: ["2"], stages: ["Production", "None"], lifecycle: [undefined, "challenger"], status: "running", named: 0, documents: 2, callsMin: 20 },
  { name: "promotion after a watch", prepare: prepareWatched, at: WATCH_OVER_AT, verdict: "promote", aliases: { champion: "2", previous: "1" }, serving: ["2"], stages: ["Production", "None"], lifecycle: ["previous", "champion"], status: "promoted", named: 2, documents: 3, callsMin: 40 },
];

describe.each(CASES)("a process that is killed in the middle of a $name", (one) => {
  test(
    "I4, I8, I32: leaves nothing half done, and nothing is done twice, whichever port call it died before or after",
    async () => {
      const prepared = join(root, one.name);
      await one.prepare(prepared);
      const deaths = await everyDeath(lifeOf(one, "whole"), (number) => join(root, `${one.name}-${number}`));
      const calls = [...deaths.values()].flat().filter(({ when }) => when === "after");
      expect(calls.length).toBeGreaterThan(one.callsMin);
      for (const [folder, boundaries] of deaths) await recovers(one, folder, boundaries);
      // The copies stand for kills; some kills are real, so that nobody has to believe that.
      for (const call of [Math.ceil(calls.length / 2), calls.length]) {
        const life = lifeOf(one, `killed-${call}`);
        expect(await live(life, ({ when, number }) => (when === "after" && number === call ? "kill" : "go on"))).toBe("SIGKILL");
        await recovers(one, life.dataDir, calls.filter(({ number }) => number === call));
      }
    },
    MINUTES_5,
  );
});

test("I33: whoever dies while a hook is told, it is told again under the same id, unless it is known to have heard", async () => {
  const told: { readonly id: unknown; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      told.push({ id: request.headers["webhook-id"], body });
      response.writeHead(204).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    const prepared = join(root, "telling");
    await prepareTelling(prepared, toldHook(endpoint).name);
    const lifeUntil = async (place: string | null): Promise<{ readonly dataDir: string; readonly signal: string | null }> => {
      const dataDir = join(root, `telling-${place}`);
      cpSync(prepared, dataDir, { recursive: true });
      const signal = await live({ dataDir, now: DUE_AT, endpoint, cacheDir: join(root, "compiled") }, ({ when, call }) => (when === "after" && call === place ? "kill" : "go on"));
      return { dataDir, signal };
    };
    expect((await lifeUntil(null)).signal).toBeNull();
    const [first] = told.splice(0);
    expect(first?.body).toContain("promoted");
    // Told before and told after: between sending and recording it is told twice.
    for (const [place, times] of [["deliveries.add", 1], ["deliveries.claim", 1], ["hook.tell", 2], ["deliveries.settle", 1]] as const) {
      const { dataDir, signal } = await lifeUntil(place);
      expect(signal).toBe("SIGKILL");
      // The claim of the dead process has run out by then.
      await at(dataDir, DUE_AT + 3_600_000, async ({ store, clock }) => {
        const hook = httpHook(toldHook(endpoint), clock);
        await followLedger({ store, clock, hooks: [hook] });
        await deliverHooks({ store, clock, hooks: new Map([[hook.name, hook]]) });
        expect(await store.deliveries.list(null, 10)).toMatchObject([{ id: first?.id, status: "delivered" }]);
      });
      expect(told.splice(0), place).toEqual(Array.from({ length: times }, () => first));
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
}, MINUTES_5);

/** A life over a copy of the prepared data. */
function lifeOf(one: Case, name: string): Parameters<typeof live>[0] {
  const dataDir = join(root, `${one.name}-${name}`);
  cpSync(join(root, one.name), dataDir, { recursive: true });
  return { dataDir, now: one.at, endpoint: null, cacheDir: join(root, "compiled") };
}

/** The dead process still holds its lease, so its successor comes when that has run out. */
async function recovers(one: Case, dataDir: string, boundaries: readonly Boundary[]): Promise<void> {
  const where = `killed ${boundaries.map(({ when, number, call }) => `${when} call ${number}, ${call}`).join("; ")}`;
  await at(dataDir, one.at + LEASE_MS + 1, async (controller) => {
    if (!(one.status === "running" && (await isAtNextStage(controller)))) await tickUntilApplied(controller);
    expect(await found(controller, one), where).toEqual(wanted(one));
  });
  rmSync(dataDir, { recursive: true });
}

/** A rollout goes on after a step: it would be judged again. */
async function isAtNextStage(controller: Controller): Promise<boolean> {
  const { rollout, pending } = await readState(controller, MODEL);
  return rollout?.stage?.index === 1 && pending === null;
}

/** Everything that must agree: registry, split, documents and ledger. */
async function found(controller: Controller, one: Case): Promise<unknown> {
  const state = await readState(controller, MODEL);
  const { aliases, versions } = await controller.registry.read(MODEL, ["1", "2"]);
  const split = await controller.traffic.read(MODEL);
  const entries: LedgerEntry[] = [];
  for await (const entry of readChain(controller.store, MODEL)) entries.push(entry);
  const decisions = entries.filter(({ event }) => event.kind === "decision" && event.decision.verdict === one.verdict);
  const applied = entries.flatMap(({ event }) => (event.kind === "effect.applied" && event.decisionId === state.decision?.id ? [event.key] : []));
  const replays: boolean[] = [];
  for await (const replay of replayLedger(controller.store, null)) replays.push(replay.same);
  return {
    aliases,
    stages: versions.map((version) => version.stage),
    lifecycle: versions.map((version) => version.tags["gauntlet.lifecycle"]),
    decisionIds: new Set(versions.map((version) => version.tags["gauntlet.decision_id"] === state.decision?.id)),
    serving: split?.arms.map((arm) => arm.version),
    epochIsThePlans: split?.epoch === state.epoch,
    documents: await documentsAgree(controller, state.decision?.id ?? ""),
    pending: state.pending,
    status: state.rollout?.status,
    ledger: (await verifyLedger(controller.store)).status,
    replays: replays.every(Boolean),
    stateIsTheLedgers: canonicalJson(entries.reduce(project, emptyState(MODEL))) === canonicalJson(state),
    decisions: decisions.length,
    appliedTwice: applied.length - new Set(applied).size,
    plansApplied: entries.filter(({ event }) => event.kind === "plan.applied" && event.decisionId === state.decision?.id).length,
    failures: entries.flatMap(({ event }) => (event.kind === "effect.failed" ? [event.detail] : [])),
  };
}

function wanted(one: Case): unknown {
  return {
    aliases: one.aliases,
    stages: one.stages,
    lifecycle: one.lifecycle,
    decisionIds: new Set([one.named > 0]),
    serving: one.serving,
    epochIsThePlans: true,
    documents: Array.from({ length: one.documents }, () => true),
    pending: null,
    status: one.status,
    ledger: "verified",
    replays: true,
    stateIsTheLedgers: true,
    decisions: 1,
    appliedTwice: 0,
    plansApplied: 1,
    failures: [],
  };
}

async function documentsAgree(controller: Controller, decisionId: string): Promise<readonly boolean[]> {
  const entry = await findDecision(controller.store, MODEL, decisionId);
  if (entry.event.kind !== "decision") return [];
  const effects = entry.event.plan.effects.filter((effect) => effect.kind === "document");
  const agree = effects.map(async (effect) => {
    const files = await documentFiles(controller, effect);
    return (await Promise.all(files.map(async ({ path, content }) => (await controller.artifacts.read(effect.runId, path)) === content))).every(Boolean);
  });
  return Promise.all(agree);
}
