import { approve, hold, readState, recordOutcomes, request, resume, sealRoot, startRollout, type Controller } from "@gauntlet/controller";
import { endsInWatch, Failure, type ModelState } from "@gauntlet/core";

import { deliveriesOf, observationOf, observedOf, type Delivery, type Observed } from "./evidence-stream.ts";
import type { Random } from "./random.ts";
import { MODEL, type Scenario } from "./scenario.ts";
import type { Actor, Scheduler } from "./scheduler.ts";
import type { Tick } from "./variants.ts";

/** What a process of the simulation works with. */
export interface Process {
  readonly controller: Controller;
  readonly scheduler: Scheduler;
  readonly actor: Actor;
  readonly random: Random;
  /** When it stops by itself. */
  readonly until: number;
  /** Anything that is thrown and is not one of the failures a person may meet. */
  report(problem: string): void;
}

/** A controller as `gauntlet up` runs it: a tick, a pause, and now and then a root entry. */
export async function runController(process: Process, tick: Tick): Promise<void> {
  const { controller, scheduler, actor, random } = process;
  while (scheduler.now() < process.until) {
    await attempt(process, "tick", () => tick(controller, MODEL));
    if (random.chance(0.15)) await attempt(process, "seal", () => sealRoot(controller));
    await scheduler.sleep(actor, random.between(2000, 13_000));
  }
}

/** Starts the rollouts, one after the other, again and again until it is done. */
export async function runStarter(process: Process, scenario: Scenario): Promise<void> {
  const { controller, scheduler, actor, random } = process;
  for (let number = 1; number <= scenario.rollouts; ) {
    const { rollouts } = (await attempt(process, "look", () => readState(controller, MODEL))) ?? { rollouts: 0 };
    if (rollouts >= number) {
      number += 1;
      continue;
    }
    if (scheduler.now() >= process.until) return;
    await attempt(process, "start", () => startRollout(controller, { policy: scenario.policy, challenger: String(number + 1), by: "ada" }));
    await scheduler.sleep(actor, random.between(500, 6000));
  }
}

/** What reporters have sent, and what they have yet to send. */
export interface Reporting {
  readonly observed: Map<string, Observed>;
  readonly deliveries: Delivery[];
  readonly acknowledged: Map<string, number>;
}

/** Sends the outcomes of each rollout as a gateway does: a batch that was not acknowledged is sent again. */
export async function runReporter(process: Process, reporting: Reporting, scenario: Scenario): Promise<void> {
  const { controller, scheduler, actor, random } = process;
  while (scheduler.now() < process.until && (endsInWatch(scenario.policy) || scenario.policy.kind === "ramp" || reporting.observed.size < scenario.rollouts)) {
    const state = await attempt(process, "look", () => readState(controller, MODEL));
    const deliveries = state === null ? [] : observe(state, { reporting, scenario, random });
    if (deliveries.length > 0) {
      const rows = [deliveries.filter((_, index) => index % 2 === 0), deliveries.filter((_, index) => index % 2 === 1)];
      await Promise.all(rows.map((row) => send(process, row, reporting)));
    }
    await scheduler.sleep(actor, random.between(300, 3000));
  }
}

/** What is to be sent of a rollout, of a stage of a ramp, or of the watch after a test, that was not seen before. */
export function observe({ rollout, pending }: ModelState, { reporting, scenario, random }: { readonly reporting: Reporting; readonly scenario: Scenario; readonly random: Random }): readonly Delivery[] {
  // The time of a stage begins when its split was read back.
  if (rollout === null || ((rollout.policy.kind === "ramp" || rollout.stage !== undefined) && (pending !== null || rollout.status !== "running"))) return [];
  const name = observationOf(rollout);
  if (reporting.observed.has(name)) return [];
  const observed = observedOf(rollout, scenario.story);
  reporting.observed.set(name, observed);
  const deliveries = deliveriesOf(observed, rollout, random);
  reporting.deliveries.push(...deliveries);
  return deliveries;
}

async function send(process: Process, deliveries: readonly Delivery[], reporting: Reporting): Promise<void> {
  const { controller, scheduler, actor } = process;
  for (const { sendAt, batch } of deliveries) {
    if (sendAt > scheduler.now()) await scheduler.sleep(actor, sendAt - scheduler.now());
    for (let tries = 0; tries < 8 && scheduler.now() < process.until; tries++) {
      const answer = await attempt(process, "report", () => recordOutcomes(controller, batch));
      if (answer === null) continue;
      for (const rejection of answer.rejected) process.report(`batch ${batch.batchId}: ${rejection.detail}`);
      if (!reporting.acknowledged.has(batch.batchId)) reporting.acknowledged.set(batch.batchId, scheduler.now());
      break;
    }
  }
}

/** A person who does what the scenario says, each thing once or, when it fails, once more. The server ticks at once. */
export async function runOperator(process: Process, { scenario, tick }: { readonly scenario: Scenario; readonly tick: Tick }): Promise<void> {
  const { scheduler, actor, controller } = process;
  const from = scheduler.now();
  for (const act of scenario.acts) {
    await scheduler.sleep(actor, Math.max(0, from + act.afterMs - scheduler.now()));
    const by = { by: "grace", reason: "the simulation says so" };
    const deed = (): Promise<ModelState> => {
      if (act.kind === "hold") return hold(controller, MODEL, by);
      return act.kind === "resume" ? resume(controller, MODEL, by) : request(controller, MODEL, { ...by, kind: act.kind });
    };
    if ((await attempt(process, act.kind, deed)) === null) await attempt(process, act.kind, deed);
    await attempt(process, "tick", () => tick(controller, MODEL));
  }
}

/** A person who takes a promotion back while it is being applied, once, and whose server sees to it. */
export async function runPanic(process: Process, tick: Tick): Promise<void> {
  const { scheduler, actor, controller, random } = process;
  while (scheduler.now() < process.until) {
    const state = await attempt(process, "look", () => readState(controller, MODEL));
    if (state?.pending?.plan.becomes === "promoted") {
      await attempt(process, "rollback", () => request(controller, MODEL, { by: "grace", reason: "stop", kind: "rollback" }));
      for (let tries = 0; tries < 8; tries++) {
        await attempt(process, "tick", () => tick(controller, MODEL));
        await scheduler.sleep(actor, 400);
      }
      return;
    }
    await scheduler.sleep(actor, random.between(200, 1200));
  }
}

/** A person who signs whatever waits for a signature. */
export async function runApprover(process: Process): Promise<void> {
  const { scheduler, actor, random } = process;
  while (scheduler.now() < process.until) {
    await attempt(process, "approve", () => approveIfAwaited(process.controller));
    await scheduler.sleep(actor, random.between(4000, 14_000));
  }
}

export async function approveIfAwaited(controller: Controller): Promise<void> {
  const { decision } = await readState(controller, MODEL);
  if (decision?.reason !== "awaiting_approval") return;
  await approve(controller, MODEL, { by: "grace", decisionId: decision.id, evidenceDigest: decision.evidenceDigest, comment: "looks right" });
}

/** The answer, or null for a failure that a person may meet; whatever else is thrown is a fault of ours. */
async function attempt<T>(process: Process, what: string, deed: () => Promise<T>): Promise<T | null> {
  try {
    return await deed();
  } catch (error) {
    if (!(error instanceof Failure) || OURS.has(error.code)) {
      process.report(`${process.actor.name} ${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    return null;
  }
}

const OURS: ReadonlySet<string> = new Set(["internal", "ledger_corrupt", "idempotency_mismatch", "invalid_input"]);
