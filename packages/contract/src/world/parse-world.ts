import { Failure, toNumber, type KnownWorld, type Problem } from "@gauntlet/core";
import { parseDocument } from "yaml";
import { z } from "zod";

import { duration, fraction, share } from "../policy/scalars.ts";

const shareNumber = share.transform(toNumber);
const change = fraction.transform(toNumber);
const values = z.strictObject({ p50: z.number().positive(), p95: z.number().positive() });
const ratio = z.union([z.number().min(0), shareNumber]);
const metric = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, "a metric name such as latency_ms");

/** A world file: what is known of the traffic and of both versions. What is left out is assumed, and said. */
const worldFile = z.strictObject({
  trafficPerDay: z.number().positive().max(1e9).optional(),
  prevalence: shareNumber.optional(),
  champion: z.strictObject({ recall: shareNumber.optional(), precision: shareNumber.optional() }).optional(),
  challenger: z.strictObject({ recallChange: change.optional(), precisionChange: change.optional() }).optional(),
  correlation: z.strictObject({ positives: z.number().min(-1).max(1).optional(), negatives: z.number().min(-1).max(1).optional() }).optional(),
  rates: z.record(metric, z.strictObject({ champion: shareNumber, challenger: shareNumber })).optional(),
  values: z.record(metric, z.strictObject({ champion: values, challenger: values })).optional(),
  /** Of a ramp: ratios of sums, and how its requests come from units. */
  ratios: z.record(metric, z.strictObject({ champion: ratio, challenger: ratio })).optional(),
  units: z.strictObject({ requests: z.number().int().min(1).max(100).optional(), correlation: z.number().min(0).max(0.99).optional() }).optional(),
  labels: z.strictObject({ median: duration.optional(), p95: duration.optional(), coverage: shareNumber.optional() }).optional(),
});

/**
 * Reads a world file. `source` is named in errors, for example the file's path.
 * @throws Failure `invalid_input` with every problem at once; unknown keys are problems too.
 */
export function parseWorld(text: string, source: string): KnownWorld {
  const document = parseDocument(text, { schema: "core", strict: true, uniqueKeys: true, customTags: [] });
  const syntax = [...document.errors, ...document.warnings].map((error) => ({ pointer: "", detail: error.message.split("\n", 1)[0] ?? "malformed YAML" }));
  if (syntax.length > 0) throw invalid(source, syntax);
  const parsed = worldFile.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (!parsed.success) throw invalid(source, parsed.error.issues.map((issue) => ({ pointer: issue.path.map((step) => `/${String(step)}`).join(""), detail: issue.message })));
  const { labels, ...rest } = parsed.data;
  const delays = labels === undefined ? {} : { labels: { ...present("medianMs", labels.median), ...present("p95Ms", labels.p95), ...present("coverage", labels.coverage) } };
  return { ...rest, ...delays } as KnownWorld;
}

function present(key: string, value: number | undefined): Readonly<Record<string, number>> {
  return value === undefined ? {} : { [key]: value };
}

function invalid(source: string, problems: readonly Problem[]): Failure {
  const [first] = problems;
  return new Failure("invalid_input", `${source} is no valid world: ${first?.pointer ?? ""} ${first?.detail ?? ""}`, { problems, fix: `mend ${source} where it says; examples/mail/world.yaml shows what a world may say` });
}
