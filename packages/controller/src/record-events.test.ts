import type { EvidenceCell, ExperimentView, StoredEvent } from "@gauntlet/core";
import { expect, test } from "vitest";

import { recordEvents } from "./record-events.ts";
import { recordExposures } from "./record-exposures.ts";
import { MODEL, MINUTE, openRollout, policyOf, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { created, draft, EXPERIMENT_ID, policyVersion, uuid } from "./testing/store-conformance/experiment-samples.ts";

const [CHAMPION, CHALLENGER] = [uuid("b", 0), uuid("b", 1)];
const ACCEPTANCE = { kind: "ratio", numerator: ["accepted"], denominator: ["generated"], once: true } as const;

interface Scene extends SmallWorld {
  readonly epoch: number;
  readonly from: number;
}

/** A rollout whose slots are the variants of an experiment. */
async function scene(metrics: Parameters<typeof policyOf>[0] = { metrics: { error: "rate", latency_ms: "histogram", acceptance: ACCEPTANCE } }, model: string | null = MODEL): Promise<Scene> {
  const world = smallWorld();
  const rollout = await openRollout(world, policyOf(metrics));
  const { experiments } = world.controller.store;
  for (const number of [0, 1]) await experiments.addPolicyVersion(policyVersion(number, { mlflowModelVersion: String(number + 1) }));
  const { epoch } = rollout.allocation;
  const made = draft([5000, 5000], { model, epoch });
  const view: ExperimentView = { ...made, variants: made.variants.map((variant, index) => ({ ...variant, name: index === 0 ? "champion" : "challenger" })) };
  await experiments.create(created(view));
  return { ...world, epoch, from: rollout.startedAt };
}

function event(number: number, some: Partial<StoredEvent> = {}): StoredEvent {
  return {
    id: uuid("e", number), eventType: "plan_generated", unitType: "household", unitId: `h${number % 5}`, experiments: [{ experimentId: EXPERIMENT_ID, variantId: number % 2 === 0 ? CHAMPION : CHALLENGER }],
    context: {}, metrics: { error: 0, latency_ms: 10 + number, unheard_of: 1 }, payload: { plan_id: `p${number}` }, timestamp: 1_767_225_600_000 + number * 1000, receivedAt: 1_767_225_600_000 + MINUTE, flags: [], ...some,
  };
}
const accepted = (number: number): StoredEvent => event(number + 1000, { eventType: "plan_accepted", payload: { plan_id: `p${number}` }, experiments: event(number).experiments });
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

async function cells({ controller, epoch }: Scene): Promise<readonly EvidenceCell[]> {
  return controller.store.evidence.cells({ model: MODEL, epoch, from: 0, to: Number.MAX_SAFE_INTEGER });
}
async function scored(world: Scene): Promise<number> {
  return (await cells(world)).reduce((sum, { statistic, metric }) => sum + (metric === "scored" && statistic.kind === "count" ? statistic.n : 0), 0);
}

test("plans are outcomes of their variants, acceptances follow them up; whatever comes again counts once (I5)", async () => {
  const world = await scene();
  const plans = numbers(20).map((number) => event(number));
  const acceptances = numbers(15).map(accepted);
  const first = await recordEvents(world.controller, [...acceptances.slice(0, 5), ...plans]);
  expect(first).toEqual({ added: [...acceptances.slice(0, 5), ...plans].map(({ id }) => id), uncounted: [] });
  await recordEvents(world.controller, acceptances);
  const before = await cells(world);
  expect(await scored(world)).toBe(20);
  expect(new Set(before.map(({ version, slot }) => `${slot} ${version}`))).toEqual(new Set(["champion 1", "challenger 2"]));
  expect(new Set(before.map(({ metric }) => metric))).toEqual(new Set(["scored", "error", "latency_ms", "acceptance"]));
  const ratio = before.filter(({ metric }) => metric === "acceptance").map(({ statistic }) => (statistic.kind === "ratio" ? [statistic.numerator.low, statistic.denominator.low] : []));
  expect(ratio.reduce(([x, y], [a = 0, b = 0]) => [(x ?? 0) + a, (y ?? 0) + b], [0, 0])).toEqual([15_000, 20_000]);
  // Alone, all together, in another order, twice in one batch.
  expect((await recordEvents(world.controller, [plans[3] as StoredEvent])).added).toEqual([]);
  await recordEvents(world.controller, [...plans, ...plans, ...acceptances].toReversed());
  for (const one of [...plans.slice(0, 3), ...acceptances.slice(0, 3)]) await recordEvents(world.controller, [one]);
  expect(await cells(world)).toEqual(before);
});

test("the same without anything that keeps records: each event is a batch of its own", async () => {
  const world = await scene({ metrics: { error: "rate" } });
  const plans = numbers(20).map((number) => event(number));
  await recordEvents(world.controller, plans.slice(0, 12));
  await recordEvents(world.controller, plans.slice(5));
  for (const one of plans) await recordEvents(world.controller, [one]);
  expect(await scored(world)).toBe(20);
  expect((await recordEvents(world.controller, [accepted(0)])).uncounted).toMatchObject([{ why: "not_counted" }]);
});

test("an event that was kept by a process that died before it counted it is counted by the retry", async () => {
  const world = await scene();
  const plans = numbers(4).map((number) => event(number));
  await world.controller.store.experiments.recordEvents(plans);
  expect(await scored(world)).toBe(0);
  expect((await recordEvents(world.controller, plans)).added).toEqual([]);
  expect(await scored(world)).toBe(4);
});

test("what is kept and no evidence is named with its reason, and what the fold refuses too", async () => {
  const world = await scene();
  const foreign = [{ experimentId: uuid("d", 7), variantId: CHAMPION }];
  const { added, uncounted } = await recordEvents(world.controller, [
    event(1, { eventType: "custom.pantry" }),
    event(2, { experiments: foreign }),
    event(3, { timestamp: world.from - 86_400_000 }),
    event(4, { metrics: { error: 0.5 } }),
    event(5, { experiments: [] }),
    event(6),
  ]);
  expect(added).toHaveLength(6);
  expect(uncounted.map(({ eventId, why }) => [eventId, why])).toEqual([
    [uuid("e", 1), "not_counted"],
    [uuid("e", 2), "unknown_experiment"],
    [uuid("e", 3), "no_epoch"],
    [uuid("e", 4), "invalid_input"],
  ]);
  expect(uncounted.at(-1)?.detail).toMatch(/metric "error"/);
  expect(await scored(world)).toBe(1);
});

test("an experiment without a model keeps its events and counts nothing", async () => {
  const world = await scene(undefined, null);
  expect((await recordEvents(world.controller, [event(1)])).uncounted).toMatchObject([{ why: "no_model" }]);
  expect(await world.controller.store.experiments.events({ from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10 })).toHaveLength(1);
});

test("exposures are assignments of the epoch then in force, each once; what belongs to nothing is named", async () => {
  const world = await scene();
  const { experiments } = world.controller.store;
  const at = world.from + 1000;
  const shown = { flag: "planner_exp", variant: "challenger", unit: "h1", at };
  const unknown = [{ ...shown, flag: "nothing" }, { ...shown, variant: "nobody" }, { ...shown, at: 5 }];
  for (let time = 0; time < 2; time++) {
    expect(await recordExposures(world.controller, [shown, ...unknown, { ...shown, at: at + time }])).toEqual({
      refused: 3,
      reasons: ['there is no experiment "nothing"', 'experiment "planner_exp" has no variant "nobody"', 'experiment "planner_exp" did not exist then'],
    });
  }
  expect(await experiments.assignments(EXPERIMENT_ID, [{ unitType: "household", unitId: "h1" }])).toEqual([
    { experimentId: EXPERIMENT_ID, variantId: CHALLENGER, unitType: "household", unitId: "h1", epoch: world.epoch, assignedAt: at },
  ]);
});
