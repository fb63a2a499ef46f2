import { BATCH_MAX } from "@gauntlet/contract";
import { asFailure, readState, recordOutcomes, type Controller, type OutcomeBatch, type RecordAnswer } from "@gauntlet/controller";
import { digestOf, Failure, parseFollowUp, parseLabel, parseOutcome, type CloudEvent, type FollowUp, type Label, type Outcome, type ParseContext, type Problem, type Rejection } from "@gauntlet/core";
import { createHash } from "node:crypto";

import { CLOUD_EVENT_TYPES } from "./read-cloud-events.ts";

/** What is counted as evidence, by the key under which a batch lists it. */
export type ItemKind = "outcomes" | "labels" | "followUps";
type Item = Outcome | Label | FollowUp;

interface KindOfItem {
  readonly word: string;
  readonly parse: (value: unknown, context: ParseContext) => Item | readonly Problem[];
  readonly one: Rejection["of"];
  /** Of the CloudEvents that bring one. */
  readonly cloudEventType: string;
  /** Where the time of a CloudEvent stands in. */
  readonly at: "at" | "labelledAt";
}

export const ITEM_KINDS: Readonly<Record<ItemKind, KindOfItem>> = {
  outcomes: { word: "outcomes", parse: parseOutcome, one: "outcome", cloudEventType: CLOUD_EVENT_TYPES.outcome, at: "at" },
  labels: { word: "labels", parse: parseLabel, one: "label", cloudEventType: CLOUD_EVENT_TYPES.label, at: "labelledAt" },
  followUps: { word: "follow-ups", parse: parseFollowUp, one: "followUp", cloudEventType: CLOUD_EVENT_TYPES.followUp, at: "at" },
};

export interface ItemBatch {
  readonly kind: ItemKind;
  readonly items: readonly unknown[];
  /** It counts once. */
  readonly batchId: string;
  /** SHA-256 of it as received. */
  readonly digest: string;
}

/** Parses and counts a batch; one of each model is a transaction. @throws Failure `idempotency_mismatch`, `store_unavailable`. */
export async function recordItems(controller: Pick<Controller, "store" | "clock">, batch: ItemBatch): Promise<RecordAnswer> {
  const items = batch.kind === "outcomes" ? await withEpochs(controller, batch.items) : batch.items;
  const { batches, rejected: malformed } = batchesOf({ ...batch, items }, controller.clock.now());
  const answers = batches.length === 0 ? [{ accepted: 0, duplicates: 0, rejected: malformed }] : [];
  for (const one of batches) answers.push(await recordOrRefuse(batch.kind, one, controller));
  return merged(answers);
}

/** Outcomes of slots say who played from which slot, so that the epoch may be left out: it is the present cycle's when they are counted first. */
async function withEpochs(controller: Pick<Controller, "store">, items: readonly unknown[]): Promise<readonly unknown[]> {
  const epochs = new Map<string, number | null>();
  const filled: unknown[] = [];
  for (const item of items) {
    if (!isWithoutEpoch(item)) {
      filled.push(item);
      continue;
    }
    const known = epochs.get(item.model);
    const epoch = known === undefined ? await epochOfSlots(controller, item.model) : known;
    epochs.set(item.model, epoch);
    filled.push(epoch === null ? item : { ...item, epoch });
  }
  return filled;
}

function isWithoutEpoch(item: unknown): item is { readonly model: string } {
  return typeof item === "object" && item !== null && !Array.isArray(item) && !("epoch" in item) && "model" in item && typeof item.model === "string";
}

async function epochOfSlots(controller: Pick<Controller, "store">, model: string): Promise<number | null> {
  const { rollout } = await readState(controller, model);
  return rollout?.policy.kind === "slots" ? rollout.allocation.epoch : null;
}

/** A CloudEvent is a batch of one, named by its source and id. A sender may stamp it anew when it sends it again. */
export async function recordCloudEvent(controller: Pick<Controller, "store" | "clock">, kind: ItemKind, event: CloudEvent): Promise<RecordAnswer> {
  const { source, id, data, time } = event;
  const item = time !== null && typeof data === "object" && data !== null && !Array.isArray(data) ? { [ITEM_KINDS[kind].at]: time, ...data } : data;
  return recordItems(controller, { kind, items: [item], batchId: `cloudevent:${digestOf([source, id])}`, digest: batchDigest(kind, JSON.stringify(data) ?? "") });
}

/** The answers of several batches as one. */
export function merged(answers: readonly RecordAnswer[]): RecordAnswer {
  return {
    accepted: answers.reduce((sum, { accepted }) => sum + accepted, 0),
    duplicates: answers.reduce((sum, { duplicates }) => sum + duplicates, 0),
    rejected: answers.flatMap(({ rejected }) => rejected).toSorted((a, b) => a.index - b.index),
  };
}

/** The items that a body lists under `kind`. @throws Failure `invalid_input`, `too_large`. */
export function itemsOf(kind: ItemKind, body: unknown): readonly unknown[] {
  const fix = `send {"${kind}": [ … ]}`;
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Failure("invalid_input", "the body is not a JSON object", { fix });
  const unknown = Object.keys(body).filter((key) => key !== kind);
  if (unknown.length > 0) {
    throw new Failure("invalid_input", `"${unknown[0]?.slice(0, 100)}" is not known here`, { fix, problems: unknown.slice(0, 8).map((key) => ({ pointer: `/${key.slice(0, 100)}`, detail: "is not known here" })) });
  }
  const items: unknown = (body as Record<string, unknown>)[kind];
  if (!Array.isArray(items)) throw new Failure("invalid_input", `"${kind}" is not a list`, { fix });
  if (items.length > BATCH_MAX.items) throw new Failure("too_large", `the batch has ${items.length} ${ITEM_KINDS[kind].word}; at most ${BATCH_MAX.items} are taken`, { fix: "send several smaller batches, each with its own Idempotency-Key" });
  return items;
}

interface Group {
  readonly items: Item[];
  readonly places: number[];
}

/** One batch for each model. What can't be parsed goes with the first, so that a retry gets the same answer. */
function batchesOf({ kind, items, batchId, digest }: ItemBatch, now: number): { readonly batches: readonly OutcomeBatch[]; readonly rejected: readonly Rejection[] } {
  const groups = new Map<string, Group>();
  const rejected: Rejection[] = [];
  const context = { now };
  for (let place = 0; place < items.length; place++) {
    const parsed = ITEM_KINDS[kind].parse(items[place], context);
    if (isProblems(parsed)) {
      rejected.push(rejectionOf(kind, place, parsed));
      continue;
    }
    let group = groups.get(parsed.model);
    if (group === undefined) groups.set(parsed.model, (group = { items: [], places: [] }));
    group.items.push(parsed);
    group.places.push(place);
  }
  const batches = [...groups].map(([model, { items: parsed, places }], index) => ({
    model,
    batchId,
    outcomes: kind === "outcomes" ? (parsed as Outcome[]) : [],
    labels: kind === "labels" ? (parsed as Label[]) : [],
    followUps: kind === "followUps" ? (parsed as FollowUp[]) : [],
    received: { digest, rejected: index === 0 ? rejected : [], places },
  }));
  return { batches, rejected };
}

function isProblems(parsed: Item | readonly Problem[]): parsed is readonly Problem[] {
  return Array.isArray(parsed);
}

function rejectionOf(kind: ItemKind, index: number, problems: readonly Problem[]): Rejection {
  const detail = problems.map((problem) => `${problem.pointer} ${problem.detail}`.trim()).join("; ");
  return { of: ITEM_KINDS[kind].one, index, code: "invalid_input", detail: detail.slice(0, 2000), fix: "mend it and send it in a new batch" };
}

/** A model that nobody knows makes its items wrong, not the whole batch. */
async function recordOrRefuse(kind: ItemKind, batch: OutcomeBatch, controller: Pick<Controller, "store" | "clock">): Promise<RecordAnswer> {
  try {
    return await recordOutcomes(controller, batch);
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code !== "not_found") throw error;
    const refused = (batch.received?.places ?? []).map((index) => ({ of: ITEM_KINDS[kind].one, index, code: failure.code, detail: failure.message, fix: failure.fix ?? "" }) as const);
    return { accepted: 0, duplicates: 0, rejected: [...(batch.received?.rejected ?? []), ...refused] };
  }
}

export function batchDigest(kind: ItemKind, text: string): string {
  return createHash("sha256").update(kind).update("\n").update(text).digest("hex");
}
