import { paths } from "@gauntlet/contract";
import type { Allocation } from "@gauntlet/core";
import { expect, test } from "vitest";

import { DEPLOYMENTS } from "../testing/deployments.ts";
import { addExperiment } from "../testing/experiments.ts";
import { policyText } from "../testing/stream.ts";
import { START } from "../testing/test-server.ts";

const MODEL = "planner_model";
const PLANS = 120;

test.each(DEPLOYMENTS)("$name: events that are sent again, to whichever server, alone or in other batches, count once (I5)", async ({ open }) => {
  const deployment = await open(MODEL);
  try {
    const { call, clock, composition } = deployment;
    expect((await call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: policyText(MODEL), challenger: "2" } })).status).toBe(200);
    const { epoch } = (await composition.store.allocations.get(MODEL)) as Allocation;
    const { experiment, variants } = await addExperiment(composition.store, { name: "planner_exp", model: MODEL, epoch }, { champion: 8000, challenger: 2000 });
    clock.at = START + 1_800_000;
    const events = Array.from({ length: PLANS }, (_, index) => ({
      event_id: `eeeeeeee-0000-4000-8000-${String(index).padStart(12, "0")}`,
      event_type: "plan_generated",
      unit_type: "user",
      unit_id: `user-${index}`,
      experiments: [{ experiment_id: experiment.id, variant_id: variants[index % 2]?.id }],
      context: { note: "a\0b" },
      payload: { plan_id: `plan-${index}` },
      timestamp: START + index * 1000,
    }));
    const batches = [events.slice(0, 70), events.slice(50), events.slice(20, 90), events];
    const answers = await Promise.all(batches.map((batch) => call("POST", paths.productEventBatch, { body: { events: batch } })));
    expect(answers.map(({ status, json }) => [status, json.accepted])).toEqual(batches.map((batch) => [200, batch.length]));
    for (const one of events.slice(0, 10)) expect((await call("POST", paths.productEvents, { body: one })).json.event_id).toBe(one.event_id);
    const { json } = await call("GET", paths.model(MODEL));
    expect(json.split.reduce((sum: number, arm: { count: number }) => sum + arm.count, 0)).toBe(PLANS);
    const kept = await composition.store.experiments.events({ from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1000 });
    expect(kept).toHaveLength(PLANS);
    expect(kept[0]?.context).toEqual({ note: "a\uFFFDb" });
  } finally {
    await deployment.close();
  }
}, 120_000);
