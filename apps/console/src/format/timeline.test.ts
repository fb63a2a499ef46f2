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

test("without a rollout there is no timeline", () => {
  expect(stepsOf("sentiment_v2")).toEqual([]);
});
