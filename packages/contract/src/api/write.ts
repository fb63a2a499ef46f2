import { z } from "zod";

/** Why, in the words of the person who acts; it is kept in the ledger for ever. */
export const operatorAct = z.strictObject({ reason: z.string().trim().min(1).max(2000) });
export type OperatorAct = z.infer<typeof operatorAct>;

/** An approval names the decision and the evidence it was given for. */
export const approveAct = z.strictObject({ decisionId: z.string(), evidenceDigest: z.string(), comment: z.string().max(2000) });
export type ApproveAct = z.infer<typeof approveAct>;

/** Begins a rollout: `policy` is the text of a policy file. */
export const startRollout = z.strictObject({ policy: z.string().max(100_000), challenger: z.string().min(1) });
export type StartRollout = z.infer<typeof startRollout>;

/** What an accepted act answers: the ledger entry it wrote. */
export const acted = z.object({ model: z.string(), seq: z.number(), hash: z.string() });
export type Acted = z.infer<typeof acted>;

export const batchAnswer = z.object({
  accepted: z.number(),
  duplicates: z.number(),
  rejected: z.array(z.object({ index: z.number(), code: z.string(), detail: z.string(), fix: z.string().nullable() })),
});
export type BatchAnswer = z.infer<typeof batchAnswer>;
