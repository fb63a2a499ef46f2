import { bucketStartOf, gatherEvidence, type Evidence } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import type { EvidenceSource, SourceQuery } from "../ports/evidence-source.ts";

export interface SourceHarness {
  readonly source: EvidenceSource;
  /** Asks for two arms and every metric, over at least four time buckets in which both were served. */
  readonly query: SourceQuery;
  /** All of it, gathered. */
  readonly truth: Evidence;
  close(): Promise<void>;
}

/** What every EvidenceSource must do. */
export function sourceConformance(name: string, open: () => Promise<SourceHarness>): void {
  const checks: Readonly<Record<string, (harness: SourceHarness) => Promise<void>>> = {
    "gathered, the cells are the truth, and the same when they are read again": async ({ source, query, truth }) => {
      expect(gatherEvidence((await source.read(query)).cells)).toEqual(truth);
      expect(gatherEvidence((await source.read(query)).cells)).toEqual(truth);
    },
    "cells are of this epoch, live, and of the kinds that the source declares": async ({ source, query }) => {
      const { cells } = await source.read(query);
      for (const cell of cells) {
        expect(cell).toMatchObject({ model: query.model, epoch: query.epoch, mode: "live", statistic: { kind: source.metrics[cell.metric] } });
        expect(bucketStartOf(cell.bucketStart, query.bucketMs)).toBe(cell.bucketStart);
        expect(cell.bucketStart).toBeGreaterThanOrEqual(bucketStartOf(query.since, query.bucketMs));
        expect(cell.bucketStart).toBeLessThan(query.to);
      }
    },
    "data never reach beyond the present that was asked for": async ({ source, query }) => {
      expect((await source.read(query)).freshAt).toBeLessThanOrEqual(query.to);
    },
    "what was known at the edge of a bucket is all that lies before it": async ({ source, query }) => {
      const edge = middle(query);
      const whole = (await source.read(query)).cells.filter((cell) => cell.bucketStart < edge);
      expect(gatherEvidence((await source.read({ ...query, to: edge })).cells)).toEqual(gatherEvidence(whole));
    },
    "a later epoch has nothing of what came before it (I6)": async ({ source, query }) => {
      const since = middle(query);
      const { cells } = await source.read({ ...query, since });
      expect(Math.min(...cells.map(({ bucketStart }) => bucketStart))).toBeGreaterThanOrEqual(since);
      const whole = gatherEvidence((await source.read(query)).cells.filter(({ bucketStart }) => bucketStart >= since));
      for (const [index, { statistic }] of gatherEvidence(cells).entries()) expect(countOf(statistic)).toBeLessThanOrEqual(countOf(whole[index]?.statistic));
    },
    "one arm, or one metric, has the same alone": async ({ source, query, truth }) => {
      for (const arm of query.arms) {
        const alone = gatherEvidence((await source.read({ ...query, arms: [arm] })).cells);
        expect(alone).toEqual(truth.filter((item) => item.version === arm.version && item.slot === arm.slot));
      }
      for (const metric of query.metrics) {
        const alone = gatherEvidence((await source.read({ ...query, metrics: [metric] })).cells);
        expect(alone).toEqual(truth.filter((item) => item.metric === metric.name));
      }
    },
    "an arm that nobody served has no evidence, and no zero (I7)": async ({ source, query }) => {
      await expect(source.read({ ...query, arms: [...query.arms, { version: "99", slot: "challenger" }] })).rejects.toMatchObject({ code: "evidence_unavailable" });
    },
  };
  describe(name, () => {
    test.each(Object.entries(checks))("%s", async (_, check) => {
      const harness = await open();
      try {
        await check(harness);
      } finally {
        await harness.close();
      }
    });
  });
}

function middle({ since, to, bucketMs }: SourceQuery): number {
  return bucketStartOf((since + to) / 2, bucketMs);
}

function countOf(statistic: Evidence[number]["statistic"] | undefined): number {
  return statistic === undefined || !("n" in statistic) ? 0 : statistic.n;
}
