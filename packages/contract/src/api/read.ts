import { z } from "zod";

import { decision, ledgerEntry, modelState } from "./passed-on.ts";

/** One row of the fleet: a model and where its newest rollout stands. */
export const modelSummary = z.object({
  model: z.string(),
  rolloutId: z.string().nullable(),
  policy: z.string().nullable(),
  kind: z.string().nullable(),
  mode: z.enum(["strict", "compat"]).nullable(),
  status: z.enum(["running", "promoted", "retained", "rolled_back"]).nullable(),
  verdict: z.enum(["advance", "promote", "hold", "retain", "rollback"]).nullable(),
  reason: z.string().nullable(),
  sentence: z.string().nullable(),
  champion: z.string().nullable(),
  challenger: z.string().nullable(),
  /** Live share of the challenger now, basis points. */
  challengerShare: z.number().int().nullable(),
  startedAt: z.number().nullable(),
  /** When the next look is due, milliseconds since the Unix epoch; null when none is awaited. */
  nextLookAt: z.number().nullable(),
  evidence: z.enum(["healthy", "unknown", "failing"]).nullable().describe("the health of its evidence as of the newest decision; null where nothing runs"),
  decidedAt: z.number().nullable(),
  confirmedAt: z.number().nullable(),
  /** True while effects of the newest decision are still being applied. */
  applying: z.boolean(),
  failure: z.string().nullable(),
}).meta({ id: "ModelSummary" });
export type ModelSummary = z.infer<typeof modelSummary>;

/** `now` is the controller's clock: a world has its own, so never compare with the browser's. */
export const fleet = z.object({ now: z.number(), models: z.array(modelSummary) }).meta({ id: "Fleet" });
export type Fleet = z.infer<typeof fleet>;

const observedArm = z.object({ slot: z.string(), version: z.string(), intended: z.number(), observed: z.number().nullable(), count: z.number() });

const retired = z.object({
  version: z.string(),
  since: z.number(),
  scale: z.string().describe("what its owner can scale down now, by its name in the serving system"),
  before: z.string().describe("what to know before: who would come back to it"),
});

const byArm = z.object({ champion: z.number().int(), challenger: z.number().int() });

const lateEvidence = z.object({
  decisionId: z.string().describe("the decision that judged the look"),
  at: z.number(),
  changed: z.boolean().describe("whether the look's evidence would be another today"),
  outcomes: byArm.describe("that came since"),
  labels: byArm.describe("that came since; one that was only corrected is none more"),
});

/** Everything the decision room of one model shows. Shares are parts of 1. */
export const modelDetail = z.object({
  now: z.number(),
  summary: modelSummary,
  state: modelState,
  decision: decision.nullable(),
  late: lateEvidence.optional().describe("what came since the present look was judged and left open; it counts at the next"),
  /** Aliases as the registry shows them now; null when it can't be read. */
  aliases: z.record(z.string(), z.string()).nullable(),
  split: z.array(observedArm),
  documents: z.array(z.object({ decisionId: z.string(), at: z.number(), verdict: z.string() })),
  retired: retired.nullable().describe("the version that the rollout left without requests; null while it runs, and where it moved none"),
}).meta({ id: "ModelDetail" });
export type ModelDetail = z.infer<typeof modelDetail>;

const compared = z.object({ estimate: z.number(), low: z.number(), high: z.number(), watchedLow: z.number().nullable(), watchedHigh: z.number().nullable() });

/** One point of evidence over time: what had been observed, cumulatively, by the end of bucket `at`. */
export const evidencePoint = z.object({
  at: z.number(),
  champion: z.object({ live: z.number(), recall: z.number().nullable(), precision: z.number().nullable(), errorRate: z.number().nullable(), p95: z.number().nullable(), labelled: z.number() }),
  challenger: z.object({ live: z.number(), recall: z.number().nullable(), precision: z.number().nullable(), errorRate: z.number().nullable(), p95: z.number().nullable(), labelled: z.number() }),
  /** Paired requests with a label, and how often only one version was right about a positive. */
  paired: z.number(),
  onlyChallenger: z.number(),
  onlyChampion: z.number(),
  /**
   * challenger recall / champion recall; null while it can't be said. `low` and `high` hold at one instant that is fixed in
   * advance; `watchedLow` and `watchedHigh` at every instant together, each null while that side can't be said.
   */
  recallRatio: compared.nullable(),
  /** Challenger's precision − champion's, on the same requests; null until both flagged something. Asymptotic, where the bounds of `recallRatio` that are watched are exact. */
  precisionDifference: compared.nullable(),
}).meta({ id: "EvidencePoint" });
/** `level` is that of the intervals: 1 − the alpha of the rollout. */
export const evidenceSeries = z.object({ model: z.string(), rolloutId: z.string(), bucketMs: z.number(), level: z.number(), points: z.array(evidencePoint) }).meta({ id: "EvidenceSeries" });
export type EvidencePoint = z.infer<typeof evidencePoint>;
export type EvidenceSeries = z.infer<typeof evidenceSeries>;

export const ledgerPage = z.object({ chain: z.string(), entries: z.array(ledgerEntry), nextAfter: z.number().nullable() }).meta({ id: "LedgerPage" });
export type LedgerPage = z.infer<typeof ledgerPage>;

export const decisionDetail = z.object({ entry: ledgerEntry, decision }).meta({ id: "DecisionDetail" });
export type DecisionDetail = z.infer<typeof decisionDetail>;

export const signingKey = z
  .object({ algorithm: z.literal("ed25519"), keyId: z.string().describe("SHA-256 of the key as SPKI in DER, 64 hex digits"), publicKey: z.string().describe("SPKI as PEM, for `gauntlet document verify`") })
  .meta({ id: "SigningKey" });
export type SigningKey = z.infer<typeof signingKey>;

export const ledgerVerification = z.object({
  status: z.enum(["verified", "broken"]),
  chains: z.array(z.object({ chain: z.string(), entries: z.number(), head: z.string() })),
  breaks: z.array(z.object({ chain: z.string(), seq: z.number(), detail: z.string() })),
}).meta({ id: "LedgerVerification" });
export type LedgerVerification = z.infer<typeof ledgerVerification>;

/** The data of a server-sent event `model`: something about this model changed. `seq` is the head of its chain. */
export const modelEvent = z.object({ model: z.string(), seq: z.number() }).meta({ id: "ModelEvent" });
export type ModelEvent = z.infer<typeof modelEvent>;

/** RFC 9457 */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  instance: z.string().optional(),
  code: z.string(),
  fix: z.string().nullable(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
}).meta({ id: "Problem" });
export type ProblemDetails = z.infer<typeof problem>;
