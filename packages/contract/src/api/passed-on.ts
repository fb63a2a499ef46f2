import type { Decision, FollowUp, Label, LedgerEntry, ModelState, Outcome } from "@gauntlet/core";
import { z } from "zod";

/** A JSON Schema, written by hand. */
type Described = Readonly<Record<string, unknown>>;

/**
 * A type of the core that the API passes on as it is: not parsed again, only described, field by field, for the OpenAPI
 * document. A field that the type has and the description has not is a compile error.
 */
function passedOn<T extends object>(id: string, description: string, fields: { readonly of: Readonly<Record<keyof T, Described>>; readonly optional?: readonly (keyof T)[] }) {
  const required = Object.keys(fields.of).filter((key) => !(fields.optional ?? []).includes(key as keyof T));
  return z.custom<T>().meta({ id, description, type: "object", properties: fields.of, required });
}

const text = (description: string): Described => ({ type: "string", description });
const whole = (description: string): Described => ({ type: "integer", description });
const instant = (description: string): Described => ({ type: "integer", description: `${description}, milliseconds since the Unix epoch` });
const list = (description: string): Described => ({ type: "array", items: { type: "object" }, description });
const oneOf = (description: string, words: readonly string[]): Described => ({ type: "string", enum: words, description });
const object = (description: string): Described => ({ type: "object", description });
const orNull = (described: Described): Described => ({ ...described, type: [described["type"], "null"] });

export const decision = passedOn<Decision>("Decision", "What was decided, and why; it never changes afterwards", {
  of: {
    id: text("`d-` and 24 hex digits"),
    rolloutId: text("the rollout it belongs to"),
    model: text("the model's name"),
    epoch: whole("the allocation epoch that its evidence is of"),
    at: instant("when it was taken"),
    mode: oneOf("of the policy", ["strict", "compat"]),
    verdict: oneOf("what follows", ["advance", "promote", "hold", "retain", "rollback"]),
    reason: text("why, one word"),
    compatLabel: orNull(text("what the reference documents call it; null in strict mode")),
    sentence: text("why, one sentence"),
    checks: list("every check with its figures: id, status, estimate, interval, method, what would change it"),
    look: orNull(object("the look it was taken at: number, of, cutoff, dueAt; null outside a look")),
    evidenceDigest: text("SHA-256 of the evidence; an approval names it"),
    rules: whole("the version of the rules that made it; left out by the first"),
    slots: object("of a policy of slots: swap, reorderApplied, rankings, accuracies, assignments, counts, z, p, tickers"),
  },
  optional: ["rules", "slots"],
});

export const ledgerEntry = passedOn<LedgerEntry>("LedgerEntry", "One line of the ledger", {
  of: {
    chain: text("the model's name, or $root"),
    seq: whole("1 for the first of its chain"),
    at: instant("when it was written"),
    prev: text("hash of the entry before it, or 64 zeros"),
    hash: text("SHA-256 of the canonical JSON of everything else in the entry"),
    event: { type: "object", properties: { kind: text("what happened, for example decision or effect.applied") }, required: ["kind"], description: "what happened; its fields depend on kind" },
  },
});

export const modelState = passedOn<ModelState>("ModelState", "What the chain of a model says, folded", {
  of: {
    model: text("the model's name"),
    seq: whole("of the chain's newest entry"),
    hash: text("of the chain's newest entry"),
    rollouts: whole("how many rollouts there have been"),
    epoch: whole("the highest allocation epoch that was ever planned"),
    rollout: orNull(object("the newest rollout: policy, status, champion, challenger, allocation, snapshot")),
    decision: orNull(object("the newest decision: id, seq, verdict, reason, evidenceDigest, at")),
    judged: object("the decision that judged the present look and left it open: seq, cutoff"),
    pending: orNull(object("a plan whose effects are not all read back yet")),
    approvals: list("signatures under the newest decision"),
    hold: orNull(object("a person asked to wait")),
    request: orNull(object("a person asked to promote, reject or roll back")),
    epochs: list("allocation epochs that still take outcomes and labels, newest last: epoch, rolloutId, versions, metrics"),
    settled: orNull(object("the newest plan that was applied in full")),
    replacedAt: orNull(instant("when the plan before the newest one was still at work")),
    cycles: object("of policies of slots: what the next cycle begins with: baseline, cyclesBefore, carried"),
    drift: orNull(text("a departure from the newest finished plan by somebody else")),
    reverts: whole("how often aliases were set back since the newest plan was decided"),
  },
  optional: ["judged", "cycles", "reverts"],
});

const instantOrText = (description: string): Described => ({ type: ["integer", "string"], description: `${description}: milliseconds since the Unix epoch, or ISO-8601 with a zone; at most five minutes ahead` });
const id = (description: string): Described => ({ type: "string", minLength: 1, maxLength: 256, description });

export const outcome = passedOn<Outcome>("Outcome", "What was observed after one version answered one request", {
  of: {
    requestId: id("joins the live answer, its shadow and its label; unique for each request and version"),
    at: instantOrText("when it was served"),
    model: id("the model's name"),
    version: id("the version that answered"),
    slot: id("the slot it was served from, for example champion"),
    mode: oneOf("live answers were acted on, shadow answers were not", ["live", "shadow"]),
    epoch: { type: "integer", minimum: 0, description: "the allocation epoch in force when it was served; of a policy of slots it may be left out, and is that of the present cycle then" },
    unit: id("what was assigned to a version: a user, a card, a mail"),
    prediction: { type: ["boolean", "null"], description: "the binary answer at the version's own threshold; null when there is none, as after an error" },
    metrics: { type: "object", additionalProperties: { type: "number" }, maxProperties: 64, description: "measurements by name, each declared in the policy or a field of one of its ratios" },
  },
  optional: ["metrics", "epoch"],
});

export const label = passedOn<Label>("Label", "The truth about one request, late perhaps, and perhaps corrected", {
  of: {
    requestId: id("of the outcome it belongs to"),
    model: id("the model's name"),
    revision: { type: "integer", minimum: 1, description: "1 for the first; a correction has a higher number" },
    truth: { type: "boolean", description: "whether the request was positive" },
    source: id("who says so"),
    labelledAt: instantOrText("when it became known"),
  },
});

export const followUp = passedOn<FollowUp>("FollowUp", "What became known about a request later, in numbers: accepted, edited, billed", {
  of: {
    id: id("of the event; sent again for the same request it counts once"),
    requestId: id("of the outcome it belongs to, which may come later"),
    model: id("the model's name"),
    at: instantOrText("when it happened"),
    metrics: { type: "object", additionalProperties: { type: "number", minimum: 0, maximum: 1_000_000 }, maxProperties: 64, description: "numbers by name, each a field of a ratio of the policy" },
  },
});
