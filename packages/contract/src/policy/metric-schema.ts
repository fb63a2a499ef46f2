import { parseRatio, type MetricSpec, type Problem } from "@gauntlet/core";
import { z } from "zod";

import { metric } from "./check-schema.ts";

const ratio = z
  .strictObject({
    ratio: z.string().max(2000).describe('fields that are added, over fields that are added, such as "edits + swaps / accepted"'),
    once: z.boolean().default(false).describe("the numerator of a request counts at most 1: whether, not how often"),
  })
  .meta({ title: "ratio", description: "a ratio of sums of what outcomes and their follow-ups carry, clustered by unit" });

const spec = z
  .union([z.enum(["rate", "moments", "histogram"]), ratio], { error: 'must be rate, moments, histogram, or a ratio such as { ratio: "edits / accepted", once: true }' })
  .transform((file, context): MetricSpec => {
    if (typeof file === "string") return file;
    const parsed = parseRatio(file.ratio, file);
    if (!isProblems(parsed)) return parsed;
    for (const { detail } of parsed) context.addIssue({ code: "custom", path: ["ratio"], message: detail });
    return z.NEVER;
  });

function isProblems(parsed: MetricSpec | readonly Problem[]): parsed is readonly Problem[] {
  return Array.isArray(parsed);
}

/** What a policy declares under metrics. */
export const metrics = z.record(metric, spec);
