import { BATCH_MAX, batchAnswer, followUpBatch, labelBatch, outcomeBatch, paths } from "@gauntlet/contract";
import type { RecordAnswer } from "@gauntlet/controller";
import { asFailure } from "@gauntlet/controller";
import { Failure, type Rejection } from "@gauntlet/core";

import { requireKey } from "../http/idempotent.ts";
import { parseJson, readText } from "../http/read-body.ts";
import { isProblems, readCloudEvents, type CloudEvents } from "../ingestion/read-cloud-events.ts";
import { batchDigest, ITEM_KINDS, itemsOf, merged, recordCloudEvent, recordItems, type ItemKind } from "../ingestion/record-items.ts";
import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";

const ROUTES: readonly { readonly kind: ItemKind; readonly path: string; readonly body: NonNullable<Operation["body"]> }[] = [
  { kind: "outcomes", path: paths.outcomes, body: outcomeBatch },
  { kind: "labels", path: paths.labels, body: labelBatch },
  { kind: "followUps", path: paths.followUps, body: followUpBatch },
];

export const outcomeRoutes: readonly Operation[] = ROUTES.map(({ kind, path, body }) => ({
  method: "POST",
  path,
  access: "ingest",
  summary: `Records at most ${BATCH_MAX.items} ${ITEM_KINDS[kind].word}. The Idempotency-Key names the batch: it counts once. CloudEvents need no key`,
  body,
  idempotencyKey: true,
  answer: { type: "application/json", schema: batchAnswer, also: { 207: "Some were refused; the others count" } },
  handle: (c, services) => record(kind, c, services),
}));

async function record(kind: ItemKind, c: RouteContext, services: Services): Promise<Response> {
  const text = await readText(c, BATCH_MAX.bytes);
  const clouds = readCloudEvents({ headers: c.req.header(), text }, [ITEM_KINDS[kind].cloudEventType]);
  const answer = clouds === null ? await recordBatch(kind, { key: c.req.header("idempotency-key"), text }, services) : await recordCloudEvents(kind, clouds, services);
  services.metrics.recorded(answer);
  const rejected = answer.rejected.map(({ index, code, detail, fix }) => ({ index, code, detail, fix: fix === "" ? null : fix }));
  return c.json({ accepted: answer.accepted, duplicates: answer.duplicates, rejected }, rejected.length === 0 ? 200 : 207);
}

async function recordBatch(kind: ItemKind, { key, text }: { readonly key: string | undefined; readonly text: string }, { controller }: Services): Promise<RecordAnswer> {
  const batchId = requireKey(key);
  return recordItems(controller, { kind, items: itemsOf(kind, parseJson(text)), batchId, digest: batchDigest(kind, text) });
}

/** Each is a batch of its own, by its source and id; one alone that is wrong is refused as a whole. */
async function recordCloudEvents(kind: ItemKind, { events, isBatch }: CloudEvents, { controller }: Services): Promise<RecordAnswer> {
  if (events.length > BATCH_MAX.items) throw new Failure("too_large", `the batch has ${events.length} CloudEvents; at most ${BATCH_MAX.items} are taken`, { fix: "send several smaller batches" });
  const [first] = events;
  if (!isBatch && first !== undefined && isProblems(first)) {
    throw new Failure("invalid_input", `the CloudEvent is malformed: ${first[0]?.pointer} ${first[0]?.detail}`, { problems: first, fix: `send specversion "1.0", id, source, type ${ITEM_KINDS[kind].cloudEventType} and data` });
  }
  const answers = await Promise.all(events.map(async (event, index) => atPlace(index, isProblems(event) ? malformed(kind, event) : await recordOne(kind, event, { controller, isBatch }))));
  return merged(answers);
}

/** An event of a batch whose id was used for another one is wrong alone. */
async function recordOne(kind: ItemKind, event: Parameters<typeof recordCloudEvent>[2], { controller, isBatch }: { readonly controller: Services["controller"]; readonly isBatch: boolean }): Promise<RecordAnswer> {
  try {
    return await recordCloudEvent(controller, kind, event);
  } catch (error) {
    const failure = asFailure(error);
    if (!isBatch || failure.code !== "idempotency_mismatch") throw error;
    return refusal({ of: ITEM_KINDS[kind].one, index: 0, code: failure.code, detail: failure.message, fix: "give another event another id" });
  }
}

function malformed(kind: ItemKind, problems: Exclude<CloudEvents["events"][number], { readonly id: string }>): RecordAnswer {
  const detail = problems.map((problem) => `${problem.pointer} ${problem.detail}`.trim()).join("; ");
  return refusal({ of: ITEM_KINDS[kind].one, index: 0, code: "invalid_input", detail: detail.slice(0, 2000), fix: "mend it and send it again" });
}

function refusal(rejection: Rejection): RecordAnswer {
  return { accepted: 0, duplicates: 0, rejected: [rejection] };
}

function atPlace(index: number, answer: RecordAnswer): RecordAnswer {
  return { ...answer, rejected: answer.rejected.map((rejection) => ({ ...rejection, index })) };
}
