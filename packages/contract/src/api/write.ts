import { z } from "zod";

import { BATCH_MAX } from "./limits.ts";
import { followUp, label, outcome } from "./passed-on.ts";

/** Why, in the words of the person who acts; it is kept in the ledger for ever. */
export const operatorAct = z.strictObject({ reason: z.string().trim().min(1).max(2000).describe("why; kept in the ledger for ever") }).meta({ id: "OperatorAct" });
export type OperatorAct = z.infer<typeof operatorAct>;

/** An approval names the decision and the evidence it was given for. */
export const approveAct = z
  .strictObject({ decisionId: z.string().describe("the newest decision of the model"), evidenceDigest: z.string().describe("of that decision"), comment: z.string().max(2000) })
  .meta({ id: "ApproveAct" });
export type ApproveAct = z.infer<typeof approveAct>;

/** Begins a rollout: `policy` is the text of a policy file. */
export const startRollout = z
  .strictObject({ policy: z.string().max(100_000).describe("the text of a policy file"), challenger: z.string().min(1).optional().describe("the version that wants to serve; a policy of slots finds it in the registry, and has none here") })
  .meta({ id: "StartRollout" });
export type StartRollout = z.infer<typeof startRollout>;

/** What an accepted act answers: the ledger entry it wrote. */
export const acted = z.object({ model: z.string(), seq: z.number(), hash: z.string() }).meta({ id: "Acted", description: "The ledger entry that the act wrote" });
export type Acted = z.infer<typeof acted>;

export const outcomeBatch = z.strictObject({ outcomes: z.array(outcome).max(BATCH_MAX.items) }).meta({ id: "OutcomeBatch" });
export const labelBatch = z.strictObject({ labels: z.array(label).max(BATCH_MAX.items) }).meta({ id: "LabelBatch" });
export const followUpBatch = z.strictObject({ followUps: z.array(followUp).max(BATCH_MAX.items) }).meta({ id: "FollowUpBatch" });

export const batchAnswer = z
  .object({
    accepted: z.number().describe("counted"),
    duplicates: z.number().describe("known already, so not counted again"),
    rejected: z
      .array(z.object({ index: z.number().describe("place in the batch, from 0"), code: z.string(), detail: z.string(), fix: z.string().nullable() }))
      .describe("not counted, with the reason; the others of the batch are"),
  })
  .meta({ id: "BatchAnswer" });
export type BatchAnswer = z.infer<typeof batchAnswer>;

/** One request for the inference gateway. */
export const predictCall = z
  .strictObject({
    requestId: z.string().nullable().optional().describe("joins outcome and label; left out: the gateway makes one up, and answers it"),
    unit: z.string().describe("a user, a card, a mail: the same unit gets the same version throughout an allocation"),
    payload: z.unknown().describe("goes to the version as it is"),
  })
  .meta({ id: "PredictCall" });
export type PredictCall = z.infer<typeof predictCall>;

export const predicted = z
  .object({
    requestId: z.string(),
    version: z.string(),
    slot: z.string(),
    epoch: z.number().int(),
    output: z.unknown().describe("what the version answered beside prediction and score"),
    prediction: z.boolean().nullable(),
    score: z.number().nullable(),
    fallbackFor: z.string().nullable().describe("the version that had to answer and failed, when the champion stood in"),
  })
  .meta({ id: "Predicted" });
export type Predicted = z.infer<typeof predicted>;

/** A token without its secret. */
export const tokenView = z.object({ id: z.string(), name: z.string(), role: z.string(), createdAt: z.number(), revokedAt: z.number().nullable() }).meta({ id: "Token" });
export type TokenView = z.infer<typeof tokenView>;
/** What making a token answers. */
export const createdToken = z.object({ token: tokenView, secret: z.string().describe("shown this once") }).meta({ id: "CreatedToken" });
export type CreatedToken = z.infer<typeof createdToken>;
export const newToken = z.strictObject({ name: z.string(), role: z.enum(["viewer", "ingest", "operator"]) }).meta({ id: "NewToken" });
export type NewToken = z.infer<typeof newToken>;
