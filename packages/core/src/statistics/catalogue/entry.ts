import type { Json } from "../../digest/json.ts";
import { Failure } from "../../failure/failure.ts";
import { type Fields, type JsonObject, type Read, readFields } from "./field.ts";

/** What a figure promises: `exact` holds for any sample size, `asymptotic` only as it grows. */
export type StatisticGuarantee = "exact" | "asymptotic";

/** A stream of numbers in [0, 1) that the seed determines. */
export type RandomSource = (seed: number) => () => number;

/** One statistic that can be asked for by name, with JSON in and JSON out. */
export interface StatisticEntry {
  readonly summary: string;
  readonly guarantee: StatisticGuarantee;
  /** Who published it, and when. */
  readonly source: string;
  /** What each field of the input is. */
  readonly input: Readonly<Record<string, string>>;
  /** @throws Failure `invalid_input` that names the field. */
  readonly run: (input: Json, random: RandomSource) => JsonObject;
}

interface Definition<F extends Fields> {
  readonly summary: string;
  readonly guarantee: StatisticGuarantee;
  readonly source: string;
  readonly fields: F;
  /** null where the input is sound and yet nothing can be said; `unknown` says when that is. */
  readonly compute: (input: Read<F>, random: RandomSource) => object | null;
  readonly unknown?: string;
}

export function entry<F extends Fields>({ summary, guarantee, source, fields, compute, unknown }: Definition<F>): StatisticEntry {
  return {
    summary,
    guarantee,
    source,
    input: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.says])),
    run: (input, random) => {
      const result = compute(readFields(fields, input, ""), random);
      return result === null ? { result: null, because: unknown ?? "nothing can be said of this input" } : asJson(result);
    },
  };
}

/** The result as data. Where a figure outgrows a double the input is at fault; NaN would be a fault of ours. */
function asJson(result: object): JsonObject {
  for (const [name, value] of Object.entries(result)) {
    if (Number.isNaN(value)) throw new Failure("internal", `the result's ${name} is not a number`, { fix: "report this input" });
    if (typeof value === "number" && !Number.isFinite(value)) throw new Failure("invalid_input", `the result's ${name} is beyond what a double holds`, { fix: "give less extreme values" });
    if (typeof value === "object" && value !== null) asJson(value as object);
  }
  return result as JsonObject;
}
