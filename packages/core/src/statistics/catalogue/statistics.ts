import type { Json } from "../../digest/json.ts";
import { Failure } from "../../failure/failure.ts";
import { nearest } from "../../failure/nearest.ts";
import { DISTRIBUTIONS } from "./distributions.ts";
import type { RandomSource, StatisticEntry } from "./entry.ts";
import type { JsonObject } from "./field.ts";
import { MEANS } from "./means.ts";
import { PAIRED } from "./paired.ts";
import { PROPORTIONS } from "./proportions.ts";
import { SAMPLE_SIZES } from "./sample-sizes.ts";
import { SAMPLES } from "./samples.ts";
import { SEQUENTIAL } from "./sequential.ts";
import { TABLES } from "./tables.ts";

/** Every statistic that can be asked for by name. A family is a file beside this one; a new one is a line here. */
export const STATISTICS: Readonly<Record<string, StatisticEntry>> = {
  ...PROPORTIONS,
  ...PAIRED,
  ...MEANS,
  ...SAMPLES,
  ...TABLES,
  ...SEQUENTIAL,
  ...SAMPLE_SIZES,
  ...DISTRIBUTIONS,
};

/** @throws Failure `not_found` for a name that is not in the catalogue, with the nearest one. */
export function statisticNamed(name: string): StatisticEntry {
  if (Object.hasOwn(STATISTICS, name)) return STATISTICS[name] as StatisticEntry;
  const near = nearest(name, Object.keys(STATISTICS));
  throw new Failure("not_found", `there is no statistic "${name}"`, { fix: near === null ? "gauntlet stat --list names them all" : `did you mean "${near}"?` });
}

/** Computes one. @throws Failure `invalid_input` that names the field at fault. */
export function runStatistic(name: string, input: Json, random: RandomSource): JsonObject {
  return statisticNamed(name).run(input, random);
}
