import type { ModelDetail } from "@gauntlet/contract";
import { expect, test } from "vitest";

import { fixtureModels } from "../../testing/fixture-worlds.ts";
import { NOW } from "../../testing/fixture-models.ts";
import { timelineOf } from "./timeline.ts";

const models = fixtureModels();

function stepsOf(name: string): readonly string[] {
  const model = models.get(name);
  if (model === undefined) throw new Error(`no fixture ${name}`);
  const detail = { now: NOW, summary: { failure: null }, state: model.state, decision: model.decision } as unknown as ModelDetail;
  return timelineOf(detail).map((step) => `${step.state}: ${step.title}`);
}

test("while it runs: what was, what is next, what is ahead", () => {
  expect(stepsOf("mail_router")).toEqual([
    "done: Rollout started",
    "current: Look 1 of 2: evidence ends",
    "ahead: Look 1 of 2: labels mature",
    "ahead: Look 2 of 2: evidence ends",
    "ahead: Look 2 of 2: labels mature",
    "ahead: Verdict that ends it",
    "ahead: Effects read back as planned",
  ]);
});

test("ended by harm: the looks after it were not needed", () => {
  expect(stepsOf("churn_scorer")).toEqual([
    "done: Rollout started",
    "done: Verdict: rollback",
    "done: Effects read back as planned",
    "skipped: Look 1 of 2: evidence ends",
    "skipped: Look 1 of 2: labels mature",
    "skipped: Look 2 of 2: evidence ends",
    "skipped: Look 2 of 2: labels mature",
  ]);
});

test("decided, with an effect that can't be applied: the effects are next", () => {
  expect(stepsOf("search_ranker").filter((step) => step.startsWith("current"))).toEqual(["current: Effects read back as planned"]);
});

test("a test that a watch follows: what it may come to, and where it is", () => {
  const model = models.get("mail_router");
  if (model?.state.rollout?.policy.kind !== "abtest") throw new Error("no fixture");
  const rollout = { ...model.state.rollout, policy: { ...model.state.rollout.policy, watchMs: 86_400_000 } };
  const shown = (state: object) => timelineOf({ now: NOW, summary: { failure: null }, state: { ...model.state, rollout: { ...rollout, ...state } }, decision: null } as unknown as ModelDetail).map((step) => `${step.state}: ${step.title}`);
  expect(shown({}).filter((step) => step.includes("Watched"))).toEqual(["ahead: Watched with all traffic"]);
  const watched = shown({ stage: { index: 1, since: NOW - 3_600_000, before: [] } });
  expect(watched).toContain("done: All traffic moved");
  expect(watched.filter((step) => step.startsWith("current"))).toEqual(["current: Watched until at least"]);
  expect(watched.filter((step) => step.includes("Look 2"))).toEqual(["skipped: Look 2 of 2: evidence ends", "skipped: Look 2 of 2: labels mature"]);
});

test("without a rollout there is no timeline", () => {
  expect(stepsOf("sentiment_v2")).toEqual([]);
});
