import { readState, recordOutcomes, request, resume, type Controller } from "@gauntlet/controller";
import { Failure, type ModelState } from "@gauntlet/core";

import { approveIfAwaited, observe, type Reporting } from "./actors.ts";
import { controllerOf } from "./ports.ts";
import { seededRandom } from "./random.ts";
import { MODEL, type Scenario } from "./scenario.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Variant } from "./variants.ts";
import type { World } from "./world.ts";

/** What the world came to when the faults had stopped. */
export interface Quiet {
  /** The status of the last rollout, or `none`. */
  readonly status: string;
  readonly state: ModelState;
  readonly controller: Controller;
  readonly problems: readonly string[];
}

const TICK_MS = 16_000;
const ROUNDS_MAX = 150;
/** Long enough without news that the settling window of the last plan has passed. */
const QUIET_ROUNDS = 3;
const ACTS_MAX = 6;

/**
 * The faults are over: every reporter gets its batches through (all of them are sent once more, acknowledged or not),
 * a fresh controller ticks, and a person does what only a person can. Ends when nothing changes any more.
 */
export async function quiesce(of: { readonly scheduler: Scheduler; readonly world: World; readonly scenario: Scenario; readonly variant: Variant; readonly reporting: Reporting }): Promise<Quiet> {
  const { scenario, variant, reporting } = of;
  let now = of.scheduler.now();
  const calm: Scheduler = {
    ...of.scheduler,
    now: () => now,
    submit: (call) => {
      now += 20;
      return call.run();
    },
  };
  const asA = (name: string): Controller => variant.rewire(controllerOf({ world: of.world, scheduler: calm, actor: { name, alive: true }, skewMs: 0 }));
  const controller = asA("closer");
  const person = asA("person");
  const problems: string[] = [];
  for (const { batch } of reporting.deliveries) await recordOutcomes(controller, batch);

  let seq = -1;
  let quiet = 0;
  let acts = 0;
  for (let round = 0; round < ROUNDS_MAX && acts <= ACTS_MAX; round++) {
    now += TICK_MS;
    problems.push(...(await refusalOf("after the faults a tick failed", () => variant.tick(controller, MODEL))));
    const state = await readState(controller, MODEL);
    for (const { batch } of observe(state, { reporting, scenario, random: seededRandom(round + 1) })) await recordOutcomes(controller, batch);
    quiet = state.seq === seq ? quiet + 1 : 0;
    seq = state.seq;
    if (quiet < QUIET_ROUNDS) continue;
    const act = actOf(state, scenario);
    if (act === null && isOver(state)) return { status: state.rollout?.status ?? "none", state, controller, problems };
    if (act === null) continue;
    acts += 1;
    quiet = 0;
    problems.push(...(await refusalOf("after the faults a person was refused", () => act(person))));
  }
  const state = await readState(controller, MODEL);
  return { status: "restless", state, controller, problems: [...problems, `it never comes to rest: ${unrestOf(state)}`] };
}

function unrestOf({ decision, pending, rollout }: ModelState): string {
  return `${rollout?.status ?? "none"}, ${decision?.verdict ?? "no decision"} (${decision?.reason ?? ""}), pending ${JSON.stringify(pending?.failed ?? pending?.decisionId ?? null)}`;
}

type Act = (controller: Controller) => Promise<unknown>;

/** What only a person can do about the state; null when nothing. */
function actOf(state: ModelState, scenario: Scenario): Act | null {
  const by = { by: "grace", reason: "the faults are over" };
  if (state.hold !== null) return (controller) => resume(controller, MODEL, by);
  if (state.decision?.reason === "awaiting_approval" && state.rollout?.status === "running") return approveIfAwaited;
  const stuck = state.pending !== null && state.decision?.reason === "plan_failed";
  const held = state.rollout?.status === "running" && state.decision?.reason === "foreign_move" && scenario.endsForeignHold;
  return stuck || held ? (controller) => request(controller, MODEL, { ...by, kind: "rollback" }) : null;
}

/** A rollout that somebody else's move holds is over as far as the controller goes. */
function isOver(state: ModelState): boolean {
  if (state.pending !== null) return false;
  return state.rollout?.status !== "running" || state.decision?.reason === "foreign_move";
}

async function refusalOf(what: string, deed: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await deed();
    return [];
  } catch (error) {
    if (error instanceof Failure) return [`${what}: ${error.code}: ${error.message}`];
    return [`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}
