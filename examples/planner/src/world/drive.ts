import type { Api, WorldClock } from "@gauntlet/example-shared";
import type { RunningServer } from "@gauntlet/server";

import { eventsOfPlan } from "../events/events-of-plan.ts";
import type { Arrival } from "../households/arrivals.ts";
import type { WireEvent } from "../events/event.ts";
import { assign } from "./assign.ts";
import type { MadeWorld } from "./make-world.ts";
import type { OpenRun } from "./open-run.ts";

const HOUR_MS = 3_600_000;
/** The controller looks this often, and by then all that has happened is reported. */
const TICK_HOURS = 6;
/** Of the events service. */
const EVENTS_A_BATCH = 1000;
/** Three stages of at most twice their dwell end well before. */
const DAYS_MAX = 45;

export interface DriveTools {
  readonly world: MadeWorld;
  readonly server: RunningServer;
  readonly api: Api;
  readonly clock: WorldClock;
  readonly progress: (text: string) => void;
}

/** How many plans were made, and how many events of them the server took. */
export interface Told {
  readonly plans: number;
  readonly events: number;
}

/**
 * Lets households ask for plans, in every open run at once, and tells the server what happens, until every run has ended. A
 * household asks what it is given at the moment of each plan, so a change of shares counts from the next plan on.
 */
export async function drive(runs: readonly OpenRun[], startedAt: number, tools: DriveTools): Promise<Told> {
  const open = new Set(runs);
  let [plans, events] = [0, 0];
  for (let hour = 0; open.size > 0; hour++) {
    if (hour > DAYS_MAX * 24) throw new Error(`after ${DAYS_MAX} days there is no end of ${[...open].map((run) => run.model).join(", ")}`);
    const hourAt = startedAt + hour * HOUR_MS;
    for (const arrival of tools.world.arrivals.within(hourAt)) {
      tools.clock.moveTo(arrival.at);
      await serve(open, arrival, tools);
      plans += open.size;
    }
    tools.clock.moveTo(hourAt + HOUR_MS);
    if ((hour + 1) % TICK_HOURS !== 0) continue;
    for (const run of open) {
      events += await report(run, run.queue.takeBefore(hourAt + HOUR_MS), tools.api);
      if (await isOver(run, tools)) open.delete(run);
    }
    tools.progress(`day ${((hour + 1) / 24).toFixed(1)}, ${open.size} ${open.size === 1 ? "run is" : "runs are"} open`);
  }
  return { plans, events };
}

async function serve(open: ReadonlySet<OpenRun>, arrival: Arrival, { world, api }: DriveTools): Promise<void> {
  const given = await assign(api, arrival.household, [...open].map((run) => run.experiment));
  for (const run of open) {
    const variant = given.get(run.experiment);
    if (variant === undefined) throw new Error(`${arrival.household.id} was given nothing in ${run.experiment}`);
    const version = run.versions.get(variant.policyVersionId);
    if (version === undefined) throw new Error(`${run.experiment} gave policy version ${variant.policyVersionId}, which is not served`);
    run.queue.add(eventsOfPlan(run.service.serve(arrival, version), { ...variant, run: run.id, recipes: world.recipes }));
  }
}

async function report(run: OpenRun, events: readonly WireEvent[], api: Api): Promise<number> {
  for (let from = 0; from < events.length; from += EVENTS_A_BATCH) {
    const batch = events.slice(from, from + EVENTS_A_BATCH);
    const answer = await api.productEvents.record(batch);
    if (answer.accepted !== batch.length) throw new Error(`an event of ${run.model} was refused: ${answer.errors?.[0]?.message ?? ""}`);
  }
  return events.length;
}

/** A decision that ends the rollout is followed by its effects; the run is over when they are applied. */
async function isOver(run: OpenRun, { server, api }: DriveTools): Promise<boolean> {
  await server.tick(run.model);
  const { summary, state } = await api.models.get(run.model);
  if (summary.reason === "awaiting_approval" && state.decision !== null) {
    // The policy wants a name under a promotion that a check warns of. Somebody reads it, and signs.
    const { id } = state.decision;
    await api.rollouts.approve(run.model, { decisionId: id, comment: "dearer and slower by a hair, and liked better" }, { key: `approve:${id}` });
  }
  return summary.status !== "running" && !summary.applying;
}
