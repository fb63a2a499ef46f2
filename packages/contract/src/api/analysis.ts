import { z } from "zod";

const status = z.enum(["pass", "warn", "fail"]);

const featureDrift = z.object({
  name: z.string(),
  kind: z.enum(["continuous", "categorical"]),
  n: z.object({ before: z.number().int(), after: z.number().int() }),
  effect: z.number().describe("distance of the distribution functions, or Cramér's V of categories"),
  p: z.number(),
  adjustedP: z.number().describe("Benjamini and Hochberg's, over all features of the finding"),
  psi: z.number().describe("population stability index"),
  psiNoise: z.number().describe("below it the index is noise"),
  status,
  within: z.array(z.object({ label: z.union([z.literal(0), z.literal(1)]), effect: z.number(), p: z.number() })).describe("the same test among rows of one class alone"),
  reading: z.enum(["none", "prior", "conditional", "unknown"]),
  bins: z.array(z.object({ label: z.string(), before: z.number(), after: z.number() })).describe("shares of the bins, before and after"),
});

const finding = z.object({
  id: z.string(),
  cause: z.enum(["integrity", "parity", "configuration", "holdout", "drift", "overfit"]),
  status: z.enum(["pass", "warn", "fail", "unavailable"]),
  says: z.string(),
  guarantee: z.enum(["exact", "asymptotic", "point"]),
  figures: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
  fix: z.string().nullable(),
  features: z.array(featureDrift).optional(),
});

/** Why a rollout ended as it did. */
export const failureAnalysis = z
  .object({
    model: z.string(),
    rollout: z.string(),
    decision: z.object({ id: z.string(), verdict: z.enum(["advance", "promote", "hold", "retain", "rollback"]), reason: z.string(), at: z.string() }),
    versions: z.object({ champion: z.string(), challenger: z.string() }),
    findings: z.array(finding).describe("in the order in which causes are looked for"),
    primary: z.enum(["integrity", "parity", "configuration", "holdout", "drift", "overfit", "architecture", "undetermined", "none"]).describe("the first cause with a failed finding; undetermined: none failed, and not everything could be looked at; none: it was promoted, or is not decided yet, so that there is no failure to explain"),
    says: z.string(),
    steps: z.array(z.string()).describe("what to do next, most urgent first"),
    loss: z.object({ train: z.array(z.number()), validation: z.array(z.number()) }).nullable(),
  })
  .meta({ id: "FailureAnalysis" });

export type FailureAnalysisReport = z.infer<typeof failureAnalysis>;
