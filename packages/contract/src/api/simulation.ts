import { z } from "zod";

/** Tries a policy in a made world. `policy` and `world` are the texts of files; effects are true relative changes of recall. */
export const simulationAct = z.strictObject({
  policy: z.string().max(100_000),
  world: z.string().max(20_000).default(""),
  /** Of a ramp: the metric that effects change; null for that of the first noWorseThan check. */
  metric: z.string().max(64).nullable().default(null),
  effects: z.array(z.number().min(-1).max(10)).min(1).max(12).nullable().default(null),
  runs: z.number().int().min(1).max(5000).default(1000),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1),
});
export type SimulationAct = z.infer<typeof simulationAct>;

/** A share with its Wilson interval at 95 %. */
const chance = z.object({ share: z.number(), low: z.number(), high: z.number() });
const spread = z.object({ mean: z.number(), p10: z.number(), p90: z.number() });
const outcomes = z.object({
  promote: chance,
  retain: chance,
  rollback: chance,
  hold: chance,
  reasons: z.record(z.string(), z.number()),
  days: spread,
  samples: spread,
  exposed: spread,
  harmed: spread,
  /** Of a ramp: how often each stage was reached, and what the challenger served there, in the mean of all runs. */
  stages: z.array(z.object({ name: z.string(), reached: chance, exposed: z.number() })).optional(),
  /** Of a ramp: of the runs that ended so; null where none did. */
  daysTo: z.object({ promote: spread.nullable(), rollback: spread.nullable() }).optional(),
});

/** The operating characteristics of a policy, one point for each true effect. */
export const simulationReport = z.object({
  policy: z.string(),
  kind: z.enum(["abtest", "ramp"]),
  mode: z.string(),
  /** Whose true relative change an effect is. */
  metric: z.string(),
  seed: z.number(),
  runs: z.number(),
  world: z.looseObject({ trafficPerDay: z.number() }),
  /** The relative change of the metric that the policy asks for, or allows, in this world; null when it does neither. */
  asked: z.number().nullable(),
  assumed: z.array(z.object({ pointer: z.string(), says: z.string() })),
  points: z.array(
    z.object({
      effect: z.number(),
      runs: z.number(),
      deserving: z.boolean(),
      harmless: z.boolean(),
      policy: outcomes,
      falsePromotion: chance.nullable(),
      falseRollback: chance.nullable(),
      naive: outcomes.nullable(),
    }),
  ),
  impossible: z.array(z.object({ effect: z.number(), says: z.string() })),
});
export type SimulationReport = z.infer<typeof simulationReport>;
