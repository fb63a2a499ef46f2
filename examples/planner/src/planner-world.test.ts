import { beforeAll, describe, expect, test } from "vitest";

import { eventQueue } from "./events/event-queue.ts";
import { eventsOfPlan } from "./events/events-of-plan.ts";
import type { WireEvent } from "./events/event.ts";
import { FIT } from "./households/household.ts";
import { planningService, type ServedPlan } from "./planner/serve-plan.ts";
import { replayVersion } from "./replays/replay-version.ts";
import { diversity, editSimilarity, jaccard, leftovers, meanScores } from "./replays/scores.ts";
import { readTruth, type Truth } from "./truth/truth.ts";
import { makeWorld, type MadeWorld } from "./world/make-world.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONDAY = Date.UTC(2026, 8, 7);

let truth: Truth;
let world: MadeWorld;
/** A week of plans by each version. */
const weeks = new Map<string, readonly ServedPlan[]>();

beforeAll(() => {
  truth = readTruth();
  world = makeWorld(truth);
  for (const name of Object.keys(truth.versions)) weeks.set(name, serveWeek(name));
});

function serveWeek(name: string): readonly ServedPlan[] {
  const service = planningService(truth, world.planner);
  return Array.from({ length: 7 * 24 }, (_, hour) => world.arrivals.within(MONDAY + hour * HOUR_MS)).flatMap((arrivals) => arrivals.map((arrival) => service.serve(arrival, version(name))));
}

function version(name: string): Truth["versions"][string] {
  const found = truth.versions[name];
  if (found === undefined) throw new Error(`world.yaml has no version ${name}`);
  return found;
}

function share(name: string, of: (plan: ServedPlan) => boolean): number {
  const plans = weeks.get(name) ?? [];
  return plans.filter(of).length / plans.length;
}

describe("the book", () => {
  test("is the same again, and its names are unique", () => {
    expect(makeWorld({ ...truth, households: { ...truth.households, count: 50 } }).recipes).toEqual(world.recipes);
    expect(new Set(world.recipes.map((recipe) => recipe.name)).size).toBe(truth.recipes.count);
    expect(world.recipes.filter((recipe) => recipe.seasonal).length).toBe(truth.recipes.seasonal);
  });

  test("a recipe has the tags of its ingredients, and who may not eat it, may not", () => {
    for (const recipe of world.recipes) expect([...recipe.tags].toSorted()).toEqual([...new Set(recipe.ingredients.flatMap((one) => one.tags))].toSorted());
    const vegetarian = world.households.find((household) => household.forbidden.includes("fish"));
    for (const recipe of world.recipes.filter(({ tags }) => tags.has("fish"))) expect(vegetarian?.fit[recipe.id]).toBe(FIT.forbidden);
  });
});

describe("demand", () => {
  test("goes by the hour of the day and the day of the week", () => {
    const count = (from: number, hours: number) => Array.from({ length: hours }, (_, i) => world.arrivals.within(from + i * HOUR_MS).length).reduce((a, b) => a + b, 0);
    expect(count(MONDAY + 16 * HOUR_MS, 3)).toBeGreaterThan(8 * count(MONDAY + 2 * HOUR_MS, 3));
    expect(count(MONDAY + 5 * DAY_MS, 48)).toBeGreaterThan(1.3 * count(MONDAY + DAY_MS, 48));
    const { count: households, plansPerWeek } = truth.households;
    expect(count(MONDAY, 7 * 24) / (households * plansPerWeek)).toBeCloseTo(1, 1);
  });

  test("arrivals are in order, each with an id of its own, and the same again", () => {
    const arrivals = (weeks.get("baseline") ?? []).map(({ arrival }) => arrival);
    expect(arrivals.every((one, i) => i === 0 || one.at >= (arrivals[i - 1]?.at ?? 0))).toBe(true);
    expect(new Set(arrivals.map((one) => one.id)).size).toBe(arrivals.length);
    expect(world.arrivals.within(MONDAY)).toEqual(world.arrivals.within(MONDAY));
  });
});

describe("plans", () => {
  test("have five different meals that the household may eat, none of which it had in its last two plans", () => {
    const before = new Map<number, readonly number[]>();
    for (const { arrival, plan } of weeks.get("good") ?? []) {
      const { household } = arrival;
      expect(new Set(plan.meals).size).toBe(5);
      expect(plan.meals.every((id) => household.fit[id] === FIT.fine)).toBe(true);
      const composed = plan.meals.filter((id) => !plan.replaced.some(({ to }) => to === id));
      expect(composed.filter((id) => before.get(household.index)?.includes(id))).toEqual([]);
      before.set(household.index, plan.meals);
    }
  });

  test("a household is served the same again by the same version, and differently by another", () => {
    const again = serveWeek("baseline").map(({ plan }) => plan.meals);
    expect(again).toEqual((weeks.get("baseline") ?? []).map(({ plan }) => plan.meals));
    expect(again).not.toEqual((weeks.get("good") ?? []).map(({ plan }) => plan.meals));
  });

  test("a plan is accepted because of what is in it: the better liked half of one version's plans, by more of the households", () => {
    const plans = weeks.get("baseline") ?? [];
    const liking = ({ arrival, plan }: ServedPlan) => plan.meals.reduce((sum, id) => sum + (arrival.household.liking[id] as number), 0);
    const ordered = plans.toSorted((a, b) => liking(a) - liking(b));
    const accepted = (some: readonly ServedPlan[]) => some.filter(({ reaction }) => reaction.accepted).length / some.length;
    expect(accepted(ordered.slice(ordered.length / 2))).toBeGreaterThan(accepted(ordered.slice(0, ordered.length / 2)) + 0.08);
  });

  test("plans of one household are alike: acceptance varies between households by more than chance explains", () => {
    const per = Map.groupBy(weeks.get("baseline") ?? [], ({ arrival }) => arrival.household.index);
    const mean = share("baseline", ({ reaction }) => reaction.accepted);
    const pearson = [...per.values()].reduce((sum, plans) => sum + (plans.filter(({ reaction }) => reaction.accepted).length - plans.length * mean) ** 2 / (plans.length * mean * (1 - mean)), 0);
    expect(pearson / per.size).toBeGreaterThan(1.3);
  });
});

test("the four versions are what the story says", () => {
  const figures = Object.fromEntries(
    [...weeks].map(([name, plans]) => {
      const accepted = plans.filter(({ reaction }) => reaction.accepted);
      return [name, { accepted: accepted.length / plans.length, changes: accepted.reduce((sum, { reaction }) => sum + reaction.changes.length, 0) / accepted.length, replaced: share(name, ({ plan }) => plan.replaced.length > 0), violated: share(name, ({ plan }) => plan.violations.length > 0) }];
    }),
  ) as Record<string, { accepted: number; changes: number; replaced: number; violated: number }>;
  const { baseline, good, neutral, harmful } = figures;
  if (baseline === undefined || good === undefined || neutral === undefined || harmful === undefined) throw new Error("a version is missing");
  expect(baseline.accepted).toBeCloseTo(0.795, 1);
  expect(good.accepted / baseline.accepted).toBeGreaterThan(1.02);
  expect(good.changes / baseline.changes).toBeLessThan(0.95);
  expect(Math.abs(neutral.accepted / baseline.accepted - 1)).toBeLessThan(0.01);
  expect(harmful.replaced).toBeGreaterThan(3 * baseline.replaced);
  expect([baseline.violated, good.violated, neutral.violated]).toEqual([0, 0, 0]);
  expect(harmful.violated).toBeGreaterThan(0.005);
});

describe("offline replay", () => {
  test("every challenger is admitted: nobody violates a constraint of a recipe that was there, and none is worse than the baseline", () => {
    const scores = new Map(Object.keys(truth.versions).map((name) => [name, meanScores(replayVersion(world.cases, version(name), world))]));
    const baseline = scores.get("baseline");
    for (const one of scores.values()) {
      expect(one.constraint_respect).toBe(1);
      expect(one.plan_alignment).toBeGreaterThanOrEqual(baseline?.plan_alignment ?? 1);
      expect(one.edit_distance).toBeGreaterThanOrEqual(baseline?.edit_distance ?? 1);
      expect(one.diversity).toBeGreaterThanOrEqual(0.95 * (baseline?.diversity ?? 1));
      expect(one.leftovers).toBeGreaterThanOrEqual(0.95 * (baseline?.leftovers ?? 1));
    }
    expect(scores.get("good")?.plan_alignment).toBeGreaterThan((baseline?.plan_alignment ?? 1) + 0.03);
  });

  test("scores by hand", () => {
    expect([jaccard([1, 2, 3], [2, 3, 4]), jaccard([], [])]).toEqual([0.5, 0]);
    expect([editSimilarity([1, 2, 3], [3, 2, 9]), editSimilarity([], [1]), editSimilarity([1, 2, 3, 4], [1, 2])]).toEqual([2 / 3, 0, 0.5]);
    const [a, b, c] = [0, 1, 2].map((i) => world.recipes[i]);
    if (a === undefined || b === undefined || c === undefined) throw new Error("the book is empty");
    const ingredient = (name: string, perishable: boolean) => ({ name, perishable, kind: "vegetable", tags: [] }) as const;
    const [x, y, z] = [ingredient("x", true), ingredient("y", true), ingredient("z", false)];
    const meals = [{ ...a, ingredients: [x, z] }, { ...b, ingredients: [x, y] }, { ...c, ingredients: [y, z] }];
    expect(diversity(meals)).toBeCloseTo(2 / 3, 12);
    expect(leftovers(meals)).toBe(1);
    expect(leftovers(meals.slice(0, 2))).toBe(0.5);
  });
});

describe("events", () => {
  const source = { run: "0123abcd", experimentId: "11111111-1111-4111-8111-111111111111", variantId: "22222222-2222-4222-8222-222222222222", policyVersionId: null };

  test("of a plan come in order of their hours, within a day, with ids of their own", () => {
    const queue = eventQueue();
    const plans = weeks.get("harmful")?.slice(0, 2000) ?? [];
    for (const plan of plans) queue.add(eventsOfPlan(plan, { ...source, recipes: world.recipes }));
    const first = queue.takeBefore(MONDAY + DAY_MS);
    const events = [...first, ...queue.takeBefore(MONDAY + 3 * DAY_MS)];
    expect(queue.takeBefore(MONDAY + 30 * DAY_MS)).toEqual([]);
    expect(first.every(({ timestamp }) => timestamp < MONDAY + DAY_MS)).toBe(true);
    expect(events.every((event, i) => i === 0 || event.timestamp >= (events[i - 1] as WireEvent).timestamp)).toBe(true);
    expect(new Set(events.map((event) => event.event_id)).size).toBe(events.length);
    const made = new Map(events.filter((event) => event.event_type === "plan_generated").map((event) => [event.payload["plan_id"], event.timestamp]));
    expect(made.size).toBe(2000);
    for (const event of events) expect(event.timestamp - (made.get(event.payload["plan_id"] as string) ?? 0)).toBeLessThanOrEqual(DAY_MS);
    expect(new Set(events.map((event) => event.event_type)).size).toBe(6);
  });
});

test("another seed is another world", () => {
  expect(makeWorld({ ...truth, seed: truth.seed + 1, households: { ...truth.households, count: 20 } }).recipes).not.toEqual(world.recipes);
});
