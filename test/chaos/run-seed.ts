import type { Controller } from "@gauntlet/controller";

import { runApprover, runController, runOperator, runPanic, runReporter, runStarter, type Process, type Reporting } from "./actors.ts";
import { checkWorld, type Ending } from "./check-world.ts";
import { drawFaults, faultOf, lateWriteOf, thirtyPercent } from "./faults.ts";
import { controllerOf } from "./ports.ts";
import { quiesce } from "./quiesce.ts";
import { seededRandom } from "./random.ts";
import { drawPromotion, drawScenario, LEASE_MS, MODEL, ROLLOUT_MS, START_AT, type Scenario } from "./scenario.ts";
import { createScheduler, type Actor, type Scheduler } from "./scheduler.ts";
import { REAL, type Variant } from "./variants.ts";
import { createWorld, modelOf, noteRegistry, type World } from "./world.ts";

export interface SeedResult {
  readonly seed: number;
  readonly ok: boolean;
  readonly problems: readonly string[];
  /** Every port call with the fault that fell on it; empty unless it was asked for. */
  readonly trace: readonly string[];
  /** How it ended, for the summary. */
  readonly ending: string;
  /** Every kind of fault, ledger entry and verdict that occurred: what the run has put to the test. */
  readonly seen: readonly string[];
}

export interface RunOptions {
  readonly variant?: Variant;
  readonly tracing?: boolean;
  /** A whole promotion with its watch, while 30 % of all calls fail; left out: anything. */
  readonly promotion?: boolean;
}

/** Of a promotion under such faults: the test, its watch, and all that has to be tried again. */
const PROMOTION_MS = 300_000;

/** One whole run, a function of the seed and the options alone. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<SeedResult> {
  const variant = options.variant ?? REAL;
  const random = seededRandom(seed);
  const promotion = options.promotion === true;
  const scenario = promotion ? drawPromotion(random.fork()) : drawScenario(random.fork());
  const world = createWorld();
  const until = START_AT + (promotion ? PROMOTION_MS : scenario.rollouts * ROLLOUT_MS);
  const faults = promotion ? thirtyPercent(until) : drawFaults(random.fork(), { from: START_AT, until });
  const faultRandom = random.fork();
  const seen = new Set<string>();
  const trapped = !promotion && random.chance(0.6);
  const scheduler = createScheduler({
    random: random.fork(),
    startAt: START_AT,
    callMaxMs: LEASE_MS,
    faultOf: (call, now) => {
      const mayCrash = call.actor.name.startsWith("controller");
      const trap = scenario.panics && trapped;
      const fault = trap ? lateWriteOf(faultRandom, { call, mayCrash, asked: world.written.some(({ event }) => event.kind === "request") }) : faultOf(faults, faultRandom, { call, now, mayCrash });
      seen.add(`fault ${fault}`);
      return fault;
    },
    onCrash: (actor) => restart(actor),
    tracing: options.tracing ?? false,
  });
  const stage: Stage = { scheduler, world, scenario, variant, until, spawnRandom: random.fork(), problems: [] };
  const restart = (actor: Actor): void => scheduler.later(stage.spawnRandom.between(100, 20_000), `${actor.name} is started again`, () => spawnController(stage, nextName(actor.name)));
  const reporting: Reporting = { observed: new Map(), deliveries: [], acknowledged: new Map() };

  try {
    populate(stage, reporting);
    await scheduler.run();
    const ending = await quiesce({ scheduler, world, scenario, variant, reporting });
    const full: Ending = { ...ending, world, scenario, faults, reporting };
    const problems = [...stage.problems, ...world.deeds.problems, ...ending.problems, ...(ending.problems.length > 0 ? [] : await checkWorld(full))];
    for (const { event } of world.written) seen.add(event.kind === "decision" ? `${event.decision.verdict}: ${event.decision.reason}` : event.kind);
    return { seed, ok: problems.length === 0, problems, trace: scheduler.trace, ending: ending.status, seen: [...seen] };
  } catch (error) {
    return { seed, ok: false, problems: [...stage.problems, `the simulation itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`], trace: scheduler.trace, ending: "failed", seen: [...seen] };
  }
}

interface Stage {
  readonly scheduler: Scheduler;
  readonly world: World;
  readonly scenario: Scenario;
  readonly variant: Variant;
  readonly until: number;
  readonly spawnRandom: ReturnType<typeof seededRandom>;
  readonly problems: string[];
}

function populate(stage: Stage, reporting: Reporting): void {
  const { scheduler, scenario, world, variant } = stage;
  for (let number = 1; number <= scenario.controllers; number++) spawnController(stage, `controller-${number}.1`);
  spawn(stage, "starter", (process) => runStarter(process, scenario));
  spawn(stage, "reporter", (process) => runReporter(process, reporting, scenario));
  spawn(stage, "operator", (process) => runOperator(process, { scenario, tick: variant.tick }));
  if (scenario.panics) spawn(stage, "panic", (process) => runPanic(process, variant.tick));
  if (scenario.policy.approval !== null) spawn(stage, "approver", (process) => runApprover(process));
  for (const { afterMs, alias, version, undoneAfterMs } of scenario.foreign) {
    let before: string | null = null;
    scheduler.later(afterMs, `SOMEBODY ELSE sets ${alias} = ${version ?? "absent"}`, () => {
      before = modelOf(world).aliases[alias] ?? null;
      moveAlias(stage, alias, version);
    });
    if (undoneAfterMs !== null) scheduler.later(undoneAfterMs, `SOMEBODY ELSE puts ${alias} back`, () => moveAlias(stage, alias, before));
  }
}

/** Somebody else, who goes past every port of ours. */
function moveAlias({ scheduler, world }: Stage, alias: string, version: string | null): void {
  const present = modelOf(world);
  const others = Object.fromEntries(Object.entries(present.aliases).filter(([name]) => name !== alias));
  world.registry.set(MODEL, { ...present, aliases: version === null ? others : { ...others, [alias]: version } });
  noteRegistry(world, scheduler.now());
  world.deeds.writes.push({ at: scheduler.now(), by: "somebody else", foreign: true, alias, from: present.aliases[alias] ?? null, to: version });
}

function spawnController(stage: Stage, name: string): void {
  spawn(stage, name, (process) => runController(process, stage.variant.tick));
}

function spawn(stage: Stage, name: string, body: (process: Process) => Promise<void>): void {
  const { scheduler, world, scenario, variant, until } = stage;
  const random = stage.spawnRandom.fork();
  const actor: Actor = { name, alive: true };
  const skewMs = scenario.skewMs === 0 ? 0 : random.between(-scenario.skewMs, scenario.skewMs);
  const controller: Controller = variant.rewire(controllerOf({ world, scheduler, actor, skewMs }));
  const process: Process = { controller, scheduler, actor, random, until, report: (problem) => stage.problems.push(problem) };
  void body(process).catch((error: unknown) => stage.problems.push(`${name} ended: ${String(error)}`));
}

/** `controller-1.2` after `controller-1.1`: a process that starts again is another holder. */
function nextName(name: string): string {
  const [base, count] = name.split(".");
  return `${base}.${Number(count) + 1}`;
}
