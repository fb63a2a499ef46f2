import { documentFiles, findDecision, readChain, readState, replayLedger, verifyLedger, type Controller } from "@gauntlet/controller";
import { canonicalJson, emptyState, project, type LedgerEntry } from "@gauntlet/core";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { at, DUE_AT, prepare, preparePromoted, prepareRamp, STAGE_OVER_AT, tickUntilApplied } from "./kill-place.ts";
import { LEASE_MS, MODEL } from "./scenario.ts";

const MINUTES_5 = 300_000;
let root: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "gauntlet-kill-"));
  await prepare(join(root, "promotion"));
  await preparePromoted(join(root, "rollback"));
  await prepareRamp(join(root, "ramp"));
});

afterAll(() => rmSync(root, { recursive: true }));

interface Case {
  readonly name: "promotion" | "rollback" | "ramp";
  readonly at: number;
  /** The decision that is taken, and what is so in the end. */
  readonly verdict: "promote" | "rollback" | "advance";
  readonly aliases: Readonly<Record<string, string>>;
  readonly serving: readonly string[];
  readonly stages: readonly [string, string];
  readonly lifecycle: readonly [string | undefined, string];
  readonly status: "promoted" | "rolled_back" | "running";
  /** A step of a ramp moves traffic only, so that it has fewer places to die at. */
  readonly movesTrafficOnly: boolean;
}

const CASES: readonly Case[] = [
  { name: "promotion", at: DUE_AT, verdict: "promote", aliases: { champion: "2", previous: "1" }, serving: ["2"], stages: ["Archived", "Production"], lifecycle: ["previous", "champion"], status: "promoted", movesTrafficOnly: false },
  { name: "rollback", at: DUE_AT + 7_200_000, verdict: "rollback", aliases: { champion: "1" }, serving: ["1"], stages: ["Production", "Archived"], lifecycle: ["champion", "rolled_back"], status: "rolled_back", movesTrafficOnly: false },
  { name: "ramp", at: STAGE_OVER_AT, verdict: "advance", aliases: { champion: "1", challenger: "2" }, serving: ["1", "2"], stages: ["Production", "None"], lifecycle: [undefined, "candidate"], status: "running", movesTrafficOnly: true },
];

describe.each(CASES)("a process that is killed in the middle of a $name", (one) => {
  test(
    "I4, I8: leaves nothing half done, and nothing is done twice, whichever port call it died before or after",
    async () => {
      const { calls } = await live(one, "whole", null);
      expect(calls.length).toBeGreaterThan(one.movesTrafficOnly ? 12 : 50);
      await sideBySide(boundariesOf(calls), async (boundary) => {
        const folder = `${boundary.number}-${boundary.when}`;
        const { signal } = await live(one, folder, boundary);
        const where = `killed ${boundary.when} call ${boundary.number}, ${calls[boundary.number - 1]}`;
        expect(signal, where).toBe("SIGKILL");
        const dataDir = join(root, `${one.name}-${folder}`);
        // The dead process still holds its lease, so its successor comes when that has run out.
        await at(dataDir, one.at + LEASE_MS + 1, async (controller) => {
          if (!(one.movesTrafficOnly && (await isAtNextStage(controller)))) await tickUntilApplied(controller);
          expect(await found(controller, one), where).toEqual(wanted(one));
        });
        rmSync(dataDir, { recursive: true });
      });
    },
    MINUTES_5,
  );
});

interface Boundary {
  readonly number: number;
  readonly when: "before" | "after";
}

/**
 * Before every call, and after it. Right after one call and right before the next are the same instant for all that
 * lasts, except after the last call and after those of the observation, which run side by side.
 */
function boundariesOf(calls: readonly string[]): readonly Boundary[] {
  const observing = calls.indexOf("evidence.cells");
  return calls.flatMap((_, index): Boundary[] => {
    const number = index + 1;
    const ownEnd = index === calls.length - 1 || (index >= observing - 2 && index <= observing);
    return [{ number, when: "before" }, ...(ownEnd ? [{ number, when: "after" } as const] : [])];
  });
}

/** One life of the process, over a copy of the prepared data. */
async function live(one: Case, folder: string, boundary: Boundary | null): Promise<{ readonly calls: readonly string[]; readonly signal: string | null }> {
  const dataDir = join(root, `${one.name}-${folder}`);
  cpSync(join(root, one.name), dataDir, { recursive: true });
  const orders = [dataDir, String(one.at), String(boundary?.number ?? 0), boundary?.when ?? "never"];
  const child = spawn(process.execPath, [join(import.meta.dirname, "kill-child.ts"), ...orders], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NODE_COMPILE_CACHE: join(root, "compiled") } });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  return { calls: said === "" ? [] : (JSON.parse(said) as string[]), signal };
}

/** A ramp goes on after its step: it would be judged again. */
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
    decisionIds: new Set([!one.movesTrafficOnly]),
    serving: one.serving,
    epochIsThePlans: true,
    documents: one.movesTrafficOnly ? [] : [true, true, true],
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

/** As many at once as there are cores. */
async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
