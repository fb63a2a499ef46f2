import { Failure, type EvidenceCell, type LedgerEntry } from "@gauntlet/core";
import { expect, test } from "vitest";

import { replayLedger } from "./audit.ts";
import type { Controller } from "./controller.ts";
import { observe } from "./observe.ts";
import type { EvidenceSource, SourceQuery, SourceReading } from "./ports/evidence-source.ts";
import { readState } from "./chain.ts";
import { startRollout } from "./start-rollout.ts";
import { MINUTE, MODEL, openRollout, policyOf, serve, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { tick } from "./tick.ts";

/** Counts for each arm every minute since the epoch began: of 100 requests the champion's 10 fail, the challenger's 2. */
function countersOf(query: SourceQuery): SourceReading {
  const starts = Array.from({ length: Math.floor((query.to - query.since) / MINUTE) }, (_, index) => Math.floor(query.since / MINUTE) * MINUTE + index * MINUTE);
  const cells = starts.flatMap((bucketStart) =>
    query.arms.flatMap(({ version, slot }): EvidenceCell[] => {
      const key = { model: query.model, epoch: query.epoch, bucketStart, version, slot, mode: "live" } as const;
      return [
        { ...key, metric: "error", statistic: { kind: "rate", n: 100, hits: slot === "champion" ? 10 : 2 } },
        { ...key, metric: "scored", statistic: { kind: "count", n: 100 } },
      ];
    }),
  );
  return { cells, freshAt: query.to, baselines: [{ metric: "error", counter: "hits", version: "1", slot: "champion", value: 25, at: query.since }] };
}

interface Asked {
  readonly source: EvidenceSource;
  readonly queries: SourceQuery[];
}

function sourceOf(read: (query: SourceQuery) => SourceReading = countersOf, more: Partial<EvidenceSource> = {}): Asked {
  const queries: SourceQuery[] = [];
  const source: EvidenceSource = {
    name: "prom",
    description: { kind: "test", location: "here" },
    metrics: { error: "rate", scored: "count", unasked: "moments" },
    ageMaxMs: 2 * MINUTE,
    probe: async () => ({ freshAt: null }),
    read: async (query) => {
      queries.push(query);
      return read(query);
    },
    ...more,
  };
  return { source, queries };
}

function withSources(world: SmallWorld, ...sources: readonly EvidenceSource[]): SmallWorld & { readonly controller: Controller } {
  return { ...world, controller: { ...world.controller, sources: new Map(sources.map((source) => [source.name, source])) } };
}

const POLICY = policyOf({ sources: ["prom"] });

async function evidenceOf(world: SmallWorld) {
  const { evidence } = await observe(world.controller, await readState(world.controller, MODEL));
  return evidence;
}

test("what a source counted is judged like outcomes, frozen in the ledger, and replayed without the source", async () => {
  const { source, queries } = sourceOf();
  const world = withSources(smallWorld(), source);
  const rollout = await openRollout(world, POLICY);
  world.pass(11 * MINUTE);
  const { state } = (await tick(world.controller, MODEL)) as { readonly state: { readonly decision: { readonly verdict: string } } };
  expect(state.decision.verdict).toBe("promote");
  expect(queries[0]).toEqual({
    model: MODEL,
    epoch: rollout.allocation.epoch,
    arms: [
      { version: "1", slot: "champion" },
      { version: "2", slot: "challenger" },
    ],
    metrics: [
      { name: "error", limits: [], compared: true },
      { name: "scored", limits: [], compared: false },
    ],
    since: rollout.startedAt,
    to: rollout.startedAt + 11 * MINUTE,
    bucketMs: MINUTE,
  });
  const entries = (await world.controller.store.ledger.read(MODEL, 0, 100)) as readonly LedgerEntry[];
  const decided = entries.map(({ event }) => event).find((event) => event.kind === "decision");
  if (decided?.kind !== "decision" || !decided.observation.evidence.available) throw new Error("nothing was decided");
  expect(decided.observation.evidence.look.evidence.find((item) => item.metric === "error" && item.slot === "challenger")?.statistic).toEqual({ kind: "rate", n: 1000, hits: 20 });
  expect(decided.observation.evidence.sources).toEqual([{ name: "prom", freshAt: queries[0]?.to, baselines: [{ metric: "error", counter: "hits", version: "1", slot: "champion", value: 25, at: rollout.startedAt }] }]);
  // The entry alone gives the decision again.
  const same: boolean[] = [];
  for await (const replay of replayLedger(world.controller.store, MODEL)) same.push(replay.same);
  expect(same).toEqual([true]);
});

test("a policy without sources has an observation without them, and asks none", async () => {
  const { source, queries } = sourceOf();
  const world = withSources(smallWorld(), source);
  await openRollout(world);
  const evidence = await evidenceOf(world);
  expect([evidence.available, "sources" in evidence, queries.length]).toEqual([true, false, 0]);
});

test("a source that fails, or is stale, holds the rollout and decides nothing (I7)", async () => {
  let broken = true;
  const { source } = sourceOf((query) => {
    if (broken) throw new Failure("evidence_unavailable", 'source "prom": no answer');
    return { ...countersOf(query), freshAt: query.to - 3 * MINUTE };
  });
  const world = withSources(smallWorld(), source);
  await openRollout(world, POLICY);
  world.pass(11 * MINUTE);
  const held = await tick(world.controller, MODEL);
  expect(held).toMatchObject({ kind: "decided", state: { decision: { verdict: "hold", reason: "evidence_unavailable" }, rollout: { status: "running" } } });
  expect(await evidenceOf(world)).toEqual({ available: false, code: "evidence_unavailable", detail: 'source "prom": no answer' });
  broken = false;
  expect(await evidenceOf(world)).toMatchObject({ available: false, detail: expect.stringMatching(/source "prom".*180 s old, and may be 120 s/) });
});

test("a look at a fixed instant waits until the source reaches it, and has whole buckets only", async () => {
  let behindMs = 30_000;
  const { source } = sourceOf((query) => ({ ...countersOf({ ...query, to: query.to - behindMs }), freshAt: query.to - behindMs }));
  const world = withSources(smallWorld(), source);
  await openRollout(world, POLICY);
  world.pass(10 * MINUTE + 10_000);
  expect(await evidenceOf(world)).toMatchObject({ available: false, detail: expect.stringContaining("the look is due at") });
  behindMs = 0;
  const evidence = await evidenceOf(world);
  expect(evidence.available ? evidence.look.evidence.find((item) => item.metric === "scored")?.statistic : null).toEqual({ kind: "count", n: 1000 });
});

test("a metric that comes with outcomes too would be counted twice (I5)", async () => {
  const { source } = sourceOf();
  const world = withSources(smallWorld(), source);
  const rollout = await openRollout(world, POLICY);
  await serve(world, rollout, "b1");
  world.pass(MINUTE);
  expect(await evidenceOf(world)).toMatchObject({ available: false, detail: expect.stringContaining("counted twice") });
});

test("a rollout does not begin with a source that isn't there, or can't give what the policy asks", async () => {
  const start = async (sources: readonly EvidenceSource[], change: Parameters<typeof policyOf>[0] = {}): Promise<unknown> => {
    const world = withSources(smallWorld(), ...sources);
    return startRollout(world.controller, { policy: policyOf({ sources: ["prom"], ...change }), challenger: "2", by: "ada" }).catch((error: unknown) => error);
  };
  const { source } = sourceOf();
  expect(await start([])).toMatchObject({ code: "policy_invalid", message: expect.stringContaining('no source "prom"'), problems: [{ pointer: "/sources" }] });
  expect(await start([source], { sources: ["prmo"] })).toMatchObject({ code: "policy_invalid", fix: 'did you mean "prom"?' });
  expect(await start([{ ...source, metrics: { error: "moments" } }])).toMatchObject({ code: "policy_invalid", message: expect.stringContaining("is a moments in source") });
  const clustered = { metrics: { error: { kind: "ratio", numerator: ["failed"], denominator: ["served"], once: false } } } as const;
  expect(await start([source], clustered)).toMatchObject({ code: "policy_invalid", message: expect.stringMatching(/"error" is a ratio, which is clustered by unit, and source "prom" .* knows no units/), fix: expect.stringContaining("SQL") });
  expect(await start([{ ...source, metrics: { latency: "moments" } }])).toMatchObject({ code: "policy_invalid", message: expect.stringContaining("none of which") });
  expect(await start([source, { ...source, name: "lake", metrics: { error: "rate" } }], { sources: ["prom", "lake"] })).toMatchObject({ code: "policy_invalid", message: expect.stringContaining("counted twice") });
  expect(await start([source])).toMatchObject({ rollout: { status: "running" } });
});

test("a source is told which limits a metric is held against, and whether it is compared", async () => {
  const ask = async (change: Parameters<typeof policyOf>[0]) => {
    const { source, queries } = sourceOf((query) => ({ cells: [], freshAt: query.to, baselines: [] }), { metrics: { latency_ms: "histogram" } });
    const world = withSources(smallWorld(), source);
    await openRollout(world, policyOf({ sources: ["prom"], metrics: { latency_ms: "histogram" }, ...change }));
    await evidenceOf(world);
    return queries[0]?.metrics[0];
  };
  const q = { parts: 19, of: 20 };
  expect(await ask({ checks: [{ kind: "bound", metric: "latency_ms", figure: { kind: "quantile", quantile: q }, atLeast: null, atMost: { parts: 500, of: 1 } }] })).toEqual({ name: "latency_ms", limits: [500], compared: false });
  expect(await ask({ checks: [{ kind: "quantile", metric: "latency_ms", quantile: q, atMost: 100, increaseMax: 10 }] })).toEqual({ name: "latency_ms", limits: [100], compared: true });
  expect(await ask({ checks: [], harm: [{ kind: "quantile", metric: "latency_ms", quantile: q, atMost: 250, windows: 3 }] })).toEqual({ name: "latency_ms", limits: [250], compared: false });
  expect(await ask({ checks: [{ kind: "drift", metric: "latency_ms", warnAt: q, failAt: q }] })).toEqual({ name: "latency_ms", limits: [], compared: true });
});
