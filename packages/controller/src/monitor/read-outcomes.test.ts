import type { EvidenceCell, MonitorRules } from "@gauntlet/core";
import { expect, test } from "vitest";

import { readState } from "../chain.ts";
import type { EvidenceSource, SourceQuery } from "../ports/evidence-source.ts";
import { MINUTE, MODEL, openRollout, policyOf, smallWorld } from "../testing/small-world.ts";
import { tick } from "../tick.ts";
import { watchPromoted } from "./watch-promoted.ts";

const RULES: MonitorRules = {
  mode: "rollback",
  watchMs: null,
  everyMs: MINUTE,
  windowMs: 60 * MINUTE,
  consecutive: 2,
  minSamples: 50,
  alpha: { parts: 1, of: 100 },
  severeTimes: { parts: 20, of: 1 },
  rating: { dropMax: { parts: 30, of: 1 }, winRateMin: null, adaptive: false },
  cooldownMs: 0,
  perDayMax: null,
  escalation: false,
};

/** Of 100 requests a minute the first version fails 10, and the second as many as it is told. */
function counting(failing: () => number): EvidenceSource & { readonly queries: SourceQuery[] } {
  const queries: SourceQuery[] = [];
  return {
    queries,
    name: "prom",
    description: { kind: "test", location: "here" },
    metrics: { error: "rate", scored: "count" },
    ageMaxMs: 2 * MINUTE,
    probe: async () => ({ freshAt: null }),
    read: async (query) => {
      queries.push(query);
      const starts = Array.from({ length: Math.floor((query.to - query.since) / MINUTE) }, (_, i) => Math.floor(query.since / MINUTE) * MINUTE + i * MINUTE);
      const cells = starts.flatMap((bucketStart) =>
        query.arms.flatMap(({ version, slot }): EvidenceCell[] => {
          const key = { model: query.model, epoch: query.epoch, bucketStart, version, slot, mode: "live" } as const;
          return [
            { ...key, metric: "error", statistic: { kind: "rate", n: 100, hits: version === "1" ? 10 : failing() } },
            { ...key, metric: "scored", statistic: { kind: "count", n: 100 } },
          ];
        }),
      );
      return { cells, freshAt: query.to, baselines: [] };
    },
  };
}

test("a source of evidence is asked for what came since the promotion, of what serves since then", async () => {
  let failing = 2;
  const source = counting(() => failing);
  const small = smallWorld();
  const world = { ...small, controller: { ...small.controller, sources: new Map([[source.name, source]]) } };
  await openRollout(world, { ...policyOf({ sources: ["prom"] }), monitor: RULES });
  world.pass(11 * MINUTE);
  await tick(world.controller, MODEL);
  const promoted = await readState(world.controller, MODEL);
  expect(promoted.rollout?.status).toBe("promoted");

  const look = () => watchPromoted({ controller: world.controller, hooks: [] }, MODEL);
  world.pass(3 * MINUTE);
  expect(await look()).toMatchObject({ kind: "looked", outcome: { kind: "checked", isRegression: false }, step: { check: { samples: 300 } } });
  expect(source.queries.at(-1)).toMatchObject({ epoch: world.traffic.get(MODEL)?.epoch, arms: [{ version: "2", slot: "champion" }], since: promoted.settled?.at });
  failing = 60;
  world.pass(3 * MINUTE);
  expect(await look()).toMatchObject({ outcome: { kind: "checked", isRegression: true, atRisk: true } });
  world.pass(MINUTE);
  expect(await look()).toMatchObject({ outcome: { kind: "triggered", cause: "consecutive", withheld: null } });
  await tick(world.controller, MODEL);
  expect((await readState(world.controller, MODEL)).rollout?.status).toBe("rolled_back");
});

test("a source that is stale, or gone, is neither good nor bad", async () => {
  const source = counting(() => 2);
  const small = smallWorld();
  const world = { ...small, controller: { ...small.controller, sources: new Map<string, EvidenceSource>([[source.name, source]]) } };
  await openRollout(world, { ...policyOf({ sources: ["prom"] }), monitor: RULES });
  world.pass(11 * MINUTE);
  await tick(world.controller, MODEL);
  world.pass(3 * MINUTE);
  world.controller.sources.set("prom", { ...source, read: async (query) => ({ ...(await source.read(query)), freshAt: query.to - 10 * MINUTE }) });
  expect(await watchPromoted({ controller: world.controller, hooks: [] }, MODEL)).toMatchObject({ kind: "unavailable", code: "evidence_unavailable" });
});
