import { paths } from "@gauntlet/contract";
import type { Allocation } from "@gauntlet/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { DEPLOYMENTS, type Deployment } from "./testing/deployments.ts";
import { batchesOf, HOUR, MINUTE, policyText, syntheticStream } from "./testing/stream.ts";
import { START } from "./testing/test-server.ts";

const MODEL = "fraud";
describe.each(DEPLOYMENTS)("a rollout with $name", ({ open }) => {
  let server: Deployment;

  beforeAll(async () => {
    server = await open(MODEL);
  }, 60_000);
  afterAll(() => server.close());

  /** The tests below are one story, in order. */
  async function sendBatches(kind: "outcomes" | "labels", items: readonly unknown[]): Promise<number> {
    let accepted = 0;
    for (const [index, batch] of batchesOf(items, 500).entries()) {
      const answer = await server.call("POST", paths[kind], { token: server.tokens.ingest, key: `${kind}-${index}`, body: { [kind]: batch } });
      expect(answer.status).toBe(200);
      accepted += answer.json.accepted;
    }
    return accepted;
  }

  test("a rollout begins, and its split is in force when the call returns", async () => {
    const begun = await server.call("POST", paths.rollouts(MODEL), { key: "start-1", body: { policy: policyText(MODEL), challenger: "2" } });
    expect(begun.status).toBe(200);
    expect(begun.json).toMatchObject({ model: MODEL, seq: 1 });
    const detail = await server.call("GET", paths.model(MODEL));
    expect(detail.json.aliases).toEqual({ champion: "1", challenger: "2" });
    expect(detail.json.split).toEqual([
      { slot: "champion", version: "1", intended: 0.8, observed: null, count: 0 },
      { slot: "challenger", version: "2", intended: 0.2, observed: null, count: 0 },
    ]);
    expect(detail.json.summary).toMatchObject({ status: "running", challengerShare: 2000, nextLookAt: START + HOUR + MINUTE, applying: false });
  });

  test("the same key answers the same again, and begins nothing; another payload under it is refused", async () => {
    const again = await server.call("POST", paths.rollouts(MODEL), { key: "start-1", body: { policy: policyText(MODEL), challenger: "2" } });
    expect(again.json).toMatchObject({ model: MODEL, seq: 1 });
    const other = await server.call("POST", paths.rollouts(MODEL), { key: "start-1", body: { policy: policyText(MODEL), challenger: "3" } });
    expect(other.status).toBe(422);
    expect(other.json.code).toBe("idempotency_mismatch");
    const second = await server.call("POST", paths.rollouts(MODEL), { key: "start-2", body: { policy: policyText(MODEL), challenger: "2" } });
    expect(second.status).toBe(409);
  });

  test("outcomes and labels are counted, and sent again they count once", async () => {
    const allocation = (await server.composition.store.allocations.get(MODEL)) as Allocation;
    const stream = syntheticStream(allocation, { from: START, count: 1000, hits: 10 });
    server.clock.at = START + HOUR;
    expect(await sendBatches("outcomes", stream.outcomes)).toBe(2000);
    expect(await sendBatches("labels", stream.labels)).toBe(1000);
    expect(await sendBatches("outcomes", stream.outcomes)).toBe(2000);
    const { json } = await server.call("GET", paths.model(MODEL));
    expect(json.split[0].count + json.split[1].count).toBe(1000);
    expect(json.split[0].observed).toBeCloseTo(0.8, 1);
  });

  test("evidence over time is cumulative, with the interval of the recall ratio", async () => {
    const { status, json } = await server.call("GET", paths.evidence(MODEL));
    expect(status).toBe(200);
    expect(json).toMatchObject({ model: MODEL, rolloutId: `${MODEL}-1`, bucketMs: MINUTE });
    expect(json.points).toHaveLength(60);
    const last = json.points.at(-1);
    expect(last.paired).toBe(1000);
    expect(last.onlyChallenger).toBe(150);
    expect(last.onlyChampion).toBe(0);
    expect(last.recallRatio.estimate).toBeCloseTo(10 / 7, 6);
    expect(last.recallRatio.low).toBeGreaterThan(1.3);
    // What may be watched all the time promises less.
    expect(last.recallRatio.watchedLow).toBeLessThan(last.recallRatio.low);
    expect(last.recallRatio.watchedLow).toBeGreaterThan(1);
    expect(last.recallRatio.watchedHigh).toBeGreaterThan(last.recallRatio.high);
    // Neither ever raised a false alarm: a difference of 0, and bounds that know that this proves little.
    expect(last.precisionDifference).toMatchObject({ estimate: 0, watchedLow: expect.any(Number), watchedHigh: expect.any(Number) });
    expect(last.precisionDifference.watchedLow).toBeLessThan(last.precisionDifference.low);
    expect(last.precisionDifference.watchedHigh).toBeGreaterThan(last.precisionDifference.high);
    expect(last.champion.live + last.challenger.live).toBe(1000);
    expect(last.champion.errorRate).toBe(0);
    expect(last.champion.p95).toBeGreaterThan(10);
    expect(json.points.every((point: { paired: number }, index: number) => index === 0 || point.paired >= json.points[index - 1].paired)).toBe(true);
  });

  test("before its time nothing is promoted; at its time the challenger is", async () => {
    const early = await server.call("POST", paths.tick(MODEL));
    expect(early.json).toMatchObject({ verdict: "hold", status: "running" });
    server.clock.at = START + HOUR + 2 * MINUTE;
    // All at once: one of them leads, and the others do nothing.
    const ticked = await Promise.all(server.servers.map((one) => one.call("POST", paths.tick(MODEL))));
    expect(ticked.map(({ status }) => status)).toEqual(ticked.map(() => 200));
    const due = await server.call("POST", paths.tick(MODEL));
    expect(due.json).toMatchObject({ verdict: "promote", reason: "all_checks_passed", status: "promoted", challengerShare: 10_000, applying: false });
    const detail = await server.call("GET", paths.model(MODEL));
    expect(detail.json.aliases["champion"]).toBe("2");
    expect(detail.json.documents).toHaveLength(1);
  });

  test("the decision, its documents and the ledger tell it", async () => {
    const detail = await server.call("GET", paths.model(MODEL));
    const id: string = detail.json.decision.id;
    const decision = await server.call("GET", paths.decision(id));
    expect(decision.json.decision.verdict).toBe("promote");
    const markdown = await server.call("GET", paths.document(id, "md"));
    expect(markdown.headers.get("content-type")).toContain("text/markdown");
    expect(markdown.text).toContain(id);
    const yaml = await server.call("GET", paths.document(id, "yaml"));
    expect(yaml.text).toContain(`id: ${id}`);
    const page = await server.call("GET", `${paths.ledger(MODEL)}?limit=2`);
    expect(page.json.entries.map((entry: { seq: number }) => entry.seq)).toEqual([1, 2]);
    expect(page.json.nextAfter).toBe(2);
    const all = (await server.call("GET", `${paths.ledger(MODEL)}?limit=200`)).json.entries;
    expect(all.filter((entry: { event: { kind: string; decision?: { verdict: string } } }) => entry.event.decision?.verdict === "promote")).toHaveLength(1);
    expect(all.filter((entry: { event: { kind: string } }) => entry.event.kind === "plan.applied")).toHaveLength(2);
    const verified = await server.call("GET", paths.verify);
    expect(verified.json.status).toBe("verified");
    const exported = await server.call("GET", paths.export);
    const chains = exported.text.trim().split("\n").map((line) => (JSON.parse(line) as { chain: string }).chain);
    expect(chains).toHaveLength(verified.json.chains.reduce((sum: number, chain: { entries: number }) => sum + chain.entries, 0));
    expect(chains.at(-1)).toBe("$root");
  });

  test("metrics show the state of the decision and what was received", async () => {
    const pages = await Promise.all(server.servers.map((one) => one.call("GET", "/metrics")));
    const text = pages.map((page) => page.text).join("\n");
    expect(text).toContain(`gauntlet_rollout_verdict{model="${MODEL}",verdict="promote"} 1`);
    expect(text).toContain(`gauntlet_rollout_verdict{model="${MODEL}",verdict="hold"} 0`);
    expect(text).toMatch(/gauntlet_decision_info\{model="fraud",rollout="fraud-1",mode="strict",verdict="promote",reason="all_checks_passed"\} 1/);
    expect(text).toMatch(/gauntlet_outcomes_total\{result="accepted"\} [1-9]\d+/);
    expect(text).toContain("gauntlet_ledger_verified 1");
    expect(text).toMatch(/gauntlet_tick_duration_seconds_count\{result="applied"\} [1-9]/);
  });

  test("a rollback needs no data and works after the promotion", async () => {
    const asked = await server.call("POST", paths.act(MODEL, "rollback"), { key: "rollback-1", body: { reason: "page at night" } });
    expect(asked.status).toBe(200);
    const detail = await server.call("GET", paths.model(MODEL));
    expect(detail.json.summary).toMatchObject({ verdict: "rollback", status: "rolled_back", challengerShare: 0 });
    expect(detail.json.aliases["champion"]).toBe("1");
    const entries = (await server.call("GET", `${paths.ledger(MODEL)}?limit=200`)).json.entries;
    const request = entries.find((entry: { event: { kind: string } }) => entry.event.kind === "request");
    expect(request.event.request.by).toMatch(/^operator /);
  });
});
