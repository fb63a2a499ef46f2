import { z } from "zod";

/** One question that is asked of the evidence of a rollout before it is judged. */
export const healthCheck = z.object({
  /** Stable, for example `sample-ratio`, `split`, `exposure`, `join-rate`, `lag`, `silence`, `source`. */
  id: z.string(),
  /** fail holds the rollout; unavailable: there is nothing to compute it from, which is never a pass. */
  status: z.enum(["pass", "warn", "unproven", "fail", "unavailable"]),
  /** What the rollout is held for by this check now; null while it does not. */
  holds: z.string().nullable(),
  /** What was measured, and within what it must lie, in `unit`; null is unknown or unbounded. */
  estimate: z.number().nullable(),
  unit: z.enum(["ratio", "share", "ms", "count", "elo", "plain"]),
  low: z.number().nullable(),
  high: z.number().nullable(),
  says: z.string(),
  /** What would mend it; null when nothing is amiss. */
  mend: z.string().nullable(),
  /** Since when it has this status without a break, milliseconds since the Unix epoch; null when the ledger no longer says. */
  since: z.number().nullable(),
}).meta({ id: "HealthCheck" });
export type HealthCheck = z.infer<typeof healthCheck>;

/** The health of the evidence of one rollout that runs, as of its newest decision. */
export const rolloutHealth = z.object({
  model: z.string(),
  rolloutId: z.string(),
  policy: z.string(),
  verdict: z.enum(["advance", "promote", "hold", "retain", "rollback"]).nullable(),
  reason: z.string().nullable(),
  /** When the verdict and its reason began. */
  since: z.number().nullable(),
  /** When it was last confirmed that nothing changed. */
  checkedAt: z.number().nullable(),
  /** failing: a check holds it. unknown: something can't be computed yet. */
  status: z.enum(["healthy", "unknown", "failing"]),
  checks: z.array(healthCheck),
}).meta({ id: "RolloutHealth" });
export type RolloutHealth = z.infer<typeof rolloutHealth>;

/** Every rollout that runs, those that need a person first. `now` is the controller's clock. */
export const healthReport = z.object({ now: z.number(), ledger: z.enum(["verified", "unverified", "broken"]), rollouts: z.array(rolloutHealth) }).meta({ id: "HealthReport" });
export type HealthReport = z.infer<typeof healthReport>;
