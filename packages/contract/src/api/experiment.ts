import { z } from "zod";

const instant = z.number().int().describe("milliseconds since the Unix epoch");
const range = z.object({ from: z.number().int(), to: z.number().int() }).describe("half-open, of 100,000 buckets");
const json = z.record(z.string(), z.unknown());
const unitType = z.enum(["user", "household", "session"]);
const role = z.enum(["baseline", "control", "candidate", "arm"]);
const uuid = z.string().describe("a UUID");
const basisPoints = z.number().int().min(0).max(10_000).describe("1/10,000");
const score = z.number().min(0).max(1).nullable();
const scores = z.strictObject({ plan_alignment: score, constraint_respect: score, edit_distance: score, diversity: score, leftovers: score });

const variant = z.object({
  id: uuid,
  experimentId: uuid,
  name: z.string(),
  description: z.string().nullable(),
  role,
  position: z.number().int(),
  basisPoints: z.number().int(),
  ranges: z.array(range),
  config: json.nullable().describe("always the unified form; null when the stored one is invalid"),
  configError: z.string().nullable(),
  archivedAt: instant.nullable(),
  createdAt: instant,
});

export const experimentView = z
  .object({
    experiment: z.object({
      id: uuid,
      name: z.string(),
      description: z.string().nullable(),
      status: z.enum(["draft", "active", "paused", "completed"]),
      unitType,
      model: z.string().nullable(),
      epoch: z.number().int().describe("raised by every change"),
      startAt: instant.nullable(),
      endAt: instant.nullable(),
      createdAt: instant,
      updatedAt: instant,
    }),
    variants: z.array(variant),
  })
  .meta({ id: "Experiment" });
export type ExperimentView = z.infer<typeof experimentView>;
export const experimentList = z.object({ experiments: z.array(experimentView) }).meta({ id: "ExperimentList" });

const shareRecord = z.object({ variantId: uuid, name: z.string(), role, basisPoints: z.number().int(), ranges: z.array(range) });

export const experimentJournal = z
  .object({
    changes: z.array(
      z.object({
        experimentId: uuid,
        epoch: z.number().int(),
        op: z.string(),
        actor: z.string(),
        reason: z.string(),
        at: instant,
        before: z.array(shareRecord),
        after: z.array(shareRecord),
        evidenceDigest: z.string().nullable(),
        idempotencyKey: z.string(),
        requestDigest: z.string(),
      }),
    ),
  })
  .meta({ id: "ExperimentJournal" });

export type ExperimentJournal = z.infer<typeof experimentJournal>;

export const experimentMetrics = z
  .object({
    aggregates: z.array(
      z.object({
        experimentId: uuid,
        variantId: uuid,
        metricName: z.string(),
        bucketType: z.enum(["hourly", "daily"]),
        bucketStart: instant,
        count: z.number().describe("for a ratio the denominator"),
        sum: z.number().describe("for a ratio the numerator"),
        min: z.number(),
        max: z.number(),
        stddev: z.number().nullable(),
        histogram: z.object({ zeros: z.number(), buckets: z.array(z.array(z.number())) }).nullable(),
      }),
    ),
  })
  .meta({ id: "ExperimentMetrics" });
export type ExperimentMetrics = z.infer<typeof experimentMetrics>;

export const newExperiment = z
  .strictObject({
    id: uuid.optional().describe("given, to go on bucketing units as another service did with it"),
    name: z.string(),
    description: z.string().max(10_000).nullable().optional(),
    unitType,
    model: z.string().min(1).nullable().optional().describe("the registered model whose rollouts move it"),
    startAt: instant.nullable().optional(),
    endAt: instant.nullable().optional(),
    variants: z.array(z.strictObject({ name: z.string(), description: z.string().max(10_000).nullable().optional(), role, basisPoints, config: z.unknown() })).min(1).max(100),
  })
  .meta({ id: "NewExperiment" });
export type NewExperiment = z.input<typeof newExperiment>;

const act = { expectedEpoch: z.number().int().describe("the epoch that was read; another one is a conflict"), reason: z.string().trim().min(1).max(2000).describe("why; kept in the journal for ever") };
const ofVariant = { ...act, variant: z.string() };

/** What each change of an experiment asks for, under its verb. */
export const experimentActs = {
  activate: z.strictObject(act).meta({ id: "ActivateExperiment" }),
  pause: z.strictObject(act).meta({ id: "PauseExperiment" }),
  complete: z.strictObject(act).meta({ id: "CompleteExperiment" }),
  candidates: z
    .strictObject({ ...act, policyVersionId: uuid, initialBasisPoints: basisPoints.describe("at most 1,000; 0 when a ramp is to open it"), params: json.optional(), control: z.boolean().optional().describe("adds a cohort of the baseline, for a ramp to make as large") })
    .meta({ id: "AddCandidate" }),
  step: z
    .strictObject({ ...ofVariant, evidence: z.strictObject({ epoch: z.number().int(), verdict: z.enum(["increase", "wait", "hold", "rollback"]), digest: z.string().min(1) }) })
    .meta({ id: "StepCandidate" }),
  promote: z
    .strictObject({
      ...ofVariant,
      evidence: z.strictObject({
        epoch: z.number().int(),
        digest: z.string().min(1),
        at: instant,
        samples: z.number().int().min(0),
        checklist: z.strictObject({ acceptance_not_worse: z.boolean(), edits_not_worse: z.boolean(), validator_not_worse: z.boolean(), latency_in_bounds: z.boolean(), cost_within_budget: z.boolean() }),
      }),
    })
    .meta({ id: "PromoteCandidate" }),
  rollback: z.strictObject({ ...ofVariant, cause: z.enum(["metrics_regression", "critical_bug", "constraint_violation", "manual"]) }).meta({ id: "RollbackCandidate" }),
  retire: z.strictObject(ofVariant).meta({ id: "RetireVariant" }),
  allocate: z.strictObject({ ...act, shares: z.record(z.string(), basisPoints).describe("by variant; the others keep what is left in proportion") }).meta({ id: "AllocateByHand" }),
} as const;
export type ExperimentVerb = keyof typeof experimentActs;
/** The body of a change. */
export type ExperimentActs = { readonly [Verb in ExperimentVerb]: z.input<(typeof experimentActs)[Verb]> };

export const policyVersion = z
  .object({
    id: uuid,
    policyId: uuid,
    policyName: z.string(),
    version: z.number().int().describe("counted by policy; not the version of the model"),
    mlflowModelName: z.string(),
    mlflowModelVersion: z.string(),
    configDefaults: json,
    status: z.enum(["active", "deprecated", "archived"]),
    isDefault: z.boolean().describe("it runs where no experiment says otherwise"),
    createdAt: instant,
  })
  .meta({ id: "PolicyVersion" });
export type PolicyVersion = z.infer<typeof policyVersion>;
export const policyVersionList = z.object({ policyVersions: z.array(policyVersion) }).meta({ id: "PolicyVersionList" });
export const newPolicyVersion = z
  .strictObject({ id: uuid.optional(), policyName: z.string(), mlflowModelName: z.string().min(1).max(255), mlflowModelVersion: z.string().min(1).max(50), configDefaults: json.optional() })
  .meta({ id: "NewPolicyVersion" });
export type NewPolicyVersion = z.input<typeof newPolicyVersion>;

/** At most this many recorded cases go in one replay, and so many bytes. */
export const REPLAY_MAX = { cases: 10_000, bytes: 8_000_000 } as const;

const window = z.strictObject({ from: instant, to: instant }).nullable().optional();
export const newReplay = z
  .strictObject({
    mlflowModelName: z.string().min(1).max(255),
    mlflowModelVersion: z.string().min(1).max(50),
    policyVersionId: uuid.nullable().optional(),
    mlflowRunId: z.string().max(255).nullable().optional(),
    dataset: z.strictObject({ version: z.string().min(1).max(255), window }),
    trainingWindow: window,
    baselineModelVersion: z.string().max(50).nullable().describe("null: there is none, and the replay does not pass"),
    cases: z.array(z.strictObject({ candidate: scores, baseline: scores.nullable() })).min(1).max(REPLAY_MAX.cases),
  })
  .meta({ id: "NewReplay" });
export type NewReplay = z.input<typeof newReplay>;

const replayFields = z.object({
  id: uuid,
  mlflowModelName: z.string(),
  mlflowModelVersion: z.string(),
  policyVersionId: uuid.nullable(),
  datasetVersion: z.string(),
  mlflowRunId: z.string().nullable(),
  scores: z.record(z.string(), z.number().nullable()),
  intervals: z.record(z.string(), z.object({ low: z.number(), high: z.number() })).nullable().describe("95 %, of candidate − baseline; recorded, never judged by"),
  baselineModelVersion: z.string().nullable(),
  status: z.enum(["running", "completed", "failed"]),
  isBetterThanBaseline: z.boolean().nullable(),
  errorMessage: z.string().nullable().describe("what did not pass"),
  createdAt: instant,
});
export const replayList = z.object({ replays: z.array(replayFields) }).meta({ id: "ReplayList" });
export type ReplayList = z.infer<typeof replayList>;
export const replayAnswer = z.object({ replay: replayFields, passed: z.boolean(), rules: z.array(z.object({ score: z.string(), passed: z.boolean(), detail: z.string() })) }).meta({ id: "ReplayAnswer" });
export type ReplayAnswer = z.infer<typeof replayAnswer>;
