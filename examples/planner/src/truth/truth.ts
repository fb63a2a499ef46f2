import { readFileSync } from "node:fs";

import { parse } from "yaml";
import { z } from "zod";

const spread = z.strictObject({ p50: z.number().positive(), p95: z.number().positive() });

const version = z.strictObject({
  /** How far off the version is about what a household likes: standard deviation of its error, where liking itself has 1. */
  tasteError: z.number().nonnegative(),
  /** How much more than it should it likes seasonal recipes. */
  seasonBias: z.number(),
  /** Chance that it takes a seasonal recipe that cooks too long for one that is quick enough. */
  prepMisread: z.number().min(0).max(1),
  /** Chance that it doesn't see in a seasonal recipe what the household may not eat. */
  tagMisread: z.number().min(0).max(1),
  latencyMs: spread,
  tokens: spread,
  costPerThousandTokensUsd: z.number().positive(),
});

const truth = z.strictObject({
  seed: z.int().nonnegative(),
  recipes: z.strictObject({ count: z.int().positive(), seasonal: z.int().nonnegative() }),
  households: z.strictObject({ count: z.int().positive(), plansPerWeek: z.number().positive(), easygoingSd: z.number().nonnegative(), fussySd: z.number().nonnegative() }),
  planner: z.strictObject({ meals: z.int().positive(), temperature: z.number().nonnegative() }),
  validator: z.strictObject({ catchesTooLong: z.number().min(0).max(1), catchesForbidden: z.number().min(0).max(1) }),
  behaviour: z.strictObject({ acceptAt: z.number(), acceptPerLiking: z.number(), changeAt: z.number(), changePerLiking: z.number() }),
  versions: z.record(z.string(), version),
});

/** Everything that is drawn by chance, and with what chances: `world.yaml`. */
export type Truth = z.infer<typeof truth>;
export type VersionTruth = z.infer<typeof version>;

/** @throws ZodError when the file is malformed. */
export function readTruth(): Truth {
  return truth.parse(parse(readFileSync(new URL("../../world.yaml", import.meta.url), "utf8")));
}
