import { paths, productEvent, productEventAnswer, productEventBatch, productEventBatchAnswer, type ProductEventBatchAnswer, type ServiceError } from "@gauntlet/contract";
import { EVENT_LIMITS, Failure, type EventProblem, type Problem } from "@gauntlet/core";

import { parseJson, readText } from "../http/read-body.ts";
import { eventOfCloudEvent } from "../ingestion/event-of-cloud-event.ts";
import type { EventVerdict } from "../ingestion/event-intake.ts";
import { CLOUD_EVENT_TYPES, isProblems, readCloudEvents, type CloudEvents } from "../ingestion/read-cloud-events.ts";
import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";

export const productEventRoutes: readonly Operation[] = [
  {
    method: "POST",
    path: paths.productEvents,
    access: "ingest",
    summary: "Records what happened to a unit. An event_id makes a retry a no-op. Also as a CloudEvent",
    body: productEvent,
    answer: { type: "application/json", schema: productEventAnswer },
    handle: one,
  },
  {
    method: "POST",
    path: paths.productEventBatch,
    access: "ingest",
    summary: `Records at most ${EVENT_LIMITS.batchEvents} events. Also as a batch of CloudEvents`,
    body: productEventBatch,
    answer: { type: "application/json", schema: productEventBatchAnswer, also: { 207: "Some were refused; the others are accepted" } },
    handle: batch,
  },
];

async function one(c: RouteContext, services: Services): Promise<Response> {
  if (/cloudevents-batch/i.test(c.req.header("content-type") ?? "")) return batch(c, services);
  const text = await readText(c, EVENT_LIMITS.eventBytes);
  const clouds = cloudEventsOf(c, text);
  const [verdict] = await take(clouds === null ? [{ kind: "event", value: parseJson(text) }] : clouds.events.map(itemOf), services);
  return answerOne(c, verdict as EventVerdict);
}

async function batch(c: RouteContext, services: Services): Promise<Response> {
  const text = await readText(c, EVENT_LIMITS.batchBytes);
  const clouds = cloudEventsOf(c, text);
  const items = clouds === null ? eventsOf(parseJson(text)).map((value): Item => ({ kind: "event", value })) : clouds.events.map(itemOf);
  if (items.length > EVENT_LIMITS.batchEvents) throw new Failure("too_large", `the batch has ${items.length} events; at most ${EVENT_LIMITS.batchEvents} are taken`, { fix: "send several smaller batches" });
  return answerBatch(c, await take(items, services, text.length));
}

function cloudEventsOf(c: RouteContext, text: string): CloudEvents | null {
  return readCloudEvents({ headers: c.req.header(), text }, [CLOUD_EVENT_TYPES.event]);
}

/** An event, or a CloudEvent that is wrong itself. */
type Item = { readonly kind: "event"; readonly value: unknown } | { readonly kind: "bad"; readonly problems: readonly Problem[] };

function itemOf(event: CloudEvents["events"][number]): Item {
  return isProblems(event) ? { kind: "bad", problems: event } : { kind: "event", value: eventOfCloudEvent(event) };
}

function eventsOf(body: unknown): readonly unknown[] {
  const fix = 'send {"events": [ … ]}';
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Failure("invalid_input", "the body is not a JSON object", { fix });
  const unknown = Object.keys(body).find((key) => key !== "events");
  if (unknown !== undefined) throw new Failure("invalid_input", `"${unknown.slice(0, 100)}" is not known here`, { fix, problems: [{ pointer: `/${unknown.slice(0, 100)}`, detail: "is not known here" }] });
  const { events } = body as { readonly events?: unknown };
  if (!Array.isArray(events)) throw new Failure("invalid_input", '"events" is not a list', { fix, problems: [{ pointer: "/events", detail: "must be a list of events" }] });
  return events;
}

/** What is wrongly wrapped or too large never reaches the intake. */
async function take(items: readonly Item[], services: Services, textLength = 0): Promise<readonly EventVerdict[]> {
  const early = items.map((item): EventVerdict | null => {
    if (item.kind === "bad") return { kind: "invalid", problems: item.problems.map(({ pointer, detail }) => ({ field: pointer.slice(1), error: "invalid", detail })) };
    return textLength > EVENT_LIMITS.eventBytes && Buffer.byteLength(JSON.stringify(item.value) ?? "") > EVENT_LIMITS.eventBytes ? { kind: "too_large" } : null;
  });
  const taken = await services.intake.take(items.flatMap((item, index) => (item.kind === "event" && early[index] === null ? [item.value] : [])), "network");
  let next = 0;
  return early.map((verdict) => verdict ?? (taken[next++] as EventVerdict));
}

function answerOne(c: RouteContext, verdict: EventVerdict): Response {
  switch (verdict.kind) {
    case "accepted":
      return c.json({ event_id: verdict.eventId, status: "accepted" });
    case "invalid": {
      const details = verdict.problems.map(({ field, error, detail }) => ({ field, error, detail }));
      return c.json({ error: "validation_error", message: "Invalid event", details } satisfies ServiceError, 400);
    }
    case "rate_limited":
      throw new Failure("rate_limited", "Too many events from this unit");
    case "too_large":
      throw new Failure("too_large", "Event payload exceeds 1MB limit");
  }
}

function answerBatch(c: RouteContext, verdicts: readonly EventVerdict[]): Response {
  const eventIds = verdicts.flatMap((verdict) => (verdict.kind === "accepted" ? [verdict.eventId] : []));
  const errors = verdicts.flatMap((verdict, index) => (verdict.kind === "accepted" ? [] : [{ index, ...wordsOf(verdict) }]));
  const answer: ProductEventBatchAnswer = { accepted: eventIds.length, rejected: errors.length, event_ids: eventIds, ...(errors.length === 0 ? {} : { errors }) };
  return c.json(answer, errors.length === 0 ? 200 : 207);
}

function wordsOf(verdict: Exclude<EventVerdict, { readonly kind: "accepted" }>): { readonly error: string; readonly message: string } {
  switch (verdict.kind) {
    case "invalid":
      return { error: wordOf(verdict.problems[0] as EventProblem), message: verdict.problems.map(({ field, detail }) => `${field} ${detail}`.trim()).join("; ").slice(0, 1000) };
    case "rate_limited":
      return { error: "rate_limited", message: "Too many events from this unit" };
    case "too_large":
      return { error: "payload_too_large", message: "Event payload exceeds 1MB limit" };
  }
}

/** `missing_timestamp`, `invalid_experiment_id` … */
function wordOf({ field, error }: EventProblem): string {
  const name = /^experiments\[\d+\]\.(\w+)$/.exec(field)?.[1] ?? /^\w*/.exec(field)?.[0] ?? "";
  switch (error) {
    case "required":
      return `missing_${name}`;
    case "invalid":
      return name === "" ? "invalid_event" : `invalid_${name}`;
    case "in_the_future":
      return "timestamp_in_future";
    case "unknown":
      return "unknown_field";
  }
}
