import { BATCH_MAX, batchAnswer, followUpBatch, labelBatch, outcomeBatch, paths } from "@gauntlet/contract";
import { asFailure, recordOutcomes, type OutcomeBatch, type RecordAnswer } from "@gauntlet/controller";
import { Failure, parseFollowUp, parseLabel, parseOutcome, type FollowUp, type Label, type Outcome, type ParseContext, type Problem, type Rejection } from "@gauntlet/core";
import { createHash } from "node:crypto";

import { requireKey } from "../http/idempotent.ts";
import { parseJson, readText } from "../http/read-body.ts";
import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";

type Kind = "outcomes" | "labels" | "followUps";
type Item = Outcome | Label | FollowUp;

interface KindOfItem {
  readonly path: string;
  readonly word: string;
  readonly body: NonNullable<Operation["body"]>;
  readonly parse: (value: unknown, context: ParseContext) => Item | readonly Problem[];
  readonly one: Rejection["of"];
}

const KINDS: Readonly<Record<Kind, KindOfItem>> = {
  outcomes: { path: paths.outcomes, word: "outcomes", body: outcomeBatch, parse: parseOutcome, one: "outcome" },
  labels: { path: paths.labels, word: "labels", body: labelBatch, parse: parseLabel, one: "label" },
  followUps: { path: paths.followUps, word: "follow-ups", body: followUpBatch, parse: parseFollowUp, one: "followUp" },
};

export const outcomeRoutes: readonly Operation[] = (["outcomes", "labels", "followUps"] as const).map((kind) => ({
  method: "POST",
  path: KINDS[kind].path,
  access: "ingest",
  summary: `Records at most ${BATCH_MAX.items} ${KINDS[kind].word}. The Idempotency-Key names the batch: it counts once`,
  body: KINDS[kind].body,
  idempotencyKey: true,
  answer: { type: "application/json", schema: batchAnswer, also: { 207: "Some were refused; the others count" } },
  handle: (c, services) => record(kind, c, services),
}));

async function record(kind: Kind, c: RouteContext, services: Services): Promise<Response> {
  const batchId = requireKey(c.req.header("idempotency-key"));
  const text = await readText(c, BATCH_MAX.bytes);
  const items = itemsOf(kind, parseJson(text));
  const { batches, rejected: malformed } = batchesOf(kind, items, { batchId, digest: digestOf(kind, text), now: services.controller.clock.now() });
  const answer: Answer = { accepted: 0, duplicates: 0, rejected: batches.length === 0 ? [...malformed] : [] };
  for (const batch of batches) merge(answer, await recordOrRefuse(kind, batch, services));
  services.metrics.recorded(answer);
  const rejected = answer.rejected.toSorted((a, b) => a.index - b.index).map(({ index, code, detail, fix }) => ({ index, code, detail, fix: fix === "" ? null : fix }));
  return c.json({ accepted: answer.accepted, duplicates: answer.duplicates, rejected }, rejected.length === 0 ? 200 : 207);
}

interface Answer {
  accepted: number;
  duplicates: number;
  readonly rejected: Rejection[];
}

function merge(answer: Answer, more: RecordAnswer): void {
  answer.accepted += more.accepted;
  answer.duplicates += more.duplicates;
  answer.rejected.push(...more.rejected);
}

function itemsOf(kind: Kind, body: unknown): readonly unknown[] {
  const fix = `send {"${kind}": [ … ]}`;
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Failure("invalid_input", "the body is not a JSON object", { fix });
  const unknown = Object.keys(body).filter((key) => key !== kind);
  if (unknown.length > 0) {
    throw new Failure("invalid_input", `"${unknown[0]?.slice(0, 100)}" is not known here`, { fix, problems: unknown.slice(0, 8).map((key) => ({ pointer: `/${key.slice(0, 100)}`, detail: "is not known here" })) });
  }
  const items: unknown = (body as Record<string, unknown>)[kind];
  if (!Array.isArray(items)) throw new Failure("invalid_input", `"${kind}" is not a list`, { fix });
  if (items.length > BATCH_MAX.items) throw new Failure("too_large", `the batch has ${items.length} ${KINDS[kind].word}; at most ${BATCH_MAX.items} are taken`, { fix: "send several smaller batches, each with its own Idempotency-Key" });
  return items;
}

interface Received {
  readonly batchId: string;
  readonly digest: string;
  readonly now: number;
}

interface Group {
  readonly items: Item[];
  readonly places: number[];
}

/** One batch for each model. What can't be parsed goes with the first, so that a retry gets the same answer. */
function batchesOf(kind: Kind, items: readonly unknown[], received: Received): { readonly batches: readonly OutcomeBatch[]; readonly rejected: readonly Rejection[] } {
  const groups = new Map<string, Group>();
  const rejected: Rejection[] = [];
  const context = { now: received.now };
  for (let place = 0; place < items.length; place++) {
    const parsed = KINDS[kind].parse(items[place], context);
    if (isProblems(parsed)) {
      rejected.push(rejectionOf(kind, place, parsed));
      continue;
    }
    let group = groups.get(parsed.model);
    if (group === undefined) groups.set(parsed.model, (group = { items: [], places: [] }));
    group.items.push(parsed);
    group.places.push(place);
  }
  const { batchId, digest } = received;
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

function rejectionOf(kind: Kind, index: number, problems: readonly Problem[]): Rejection {
  const detail = problems.map((problem) => `${problem.pointer} ${problem.detail}`.trim()).join("; ");
  return { of: KINDS[kind].one, index, code: "invalid_input", detail: detail.slice(0, 2000), fix: "mend it and send it in a new batch" };
}

/** A model that nobody knows makes its items wrong, not the whole batch. */
async function recordOrRefuse(kind: Kind, batch: OutcomeBatch, services: Services): Promise<RecordAnswer> {
  try {
    return await recordOutcomes(services.controller, batch);
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code !== "not_found") throw error;
    const refused = (batch.received?.places ?? []).map((index) => ({ of: KINDS[kind].one, index, code: failure.code, detail: failure.message, fix: failure.fix ?? "" }) as const);
    return { accepted: 0, duplicates: 0, rejected: [...(batch.received?.rejected ?? []), ...refused] };
  }
}

function digestOf(kind: Kind, text: string): string {
  return createHash("sha256").update(kind).update("\n").update(text).digest("hex");
}
