import { asFailure, type Controller, type MessageReceipt, type RecordAnswer, type StreamMessage } from "@gauntlet/controller";
import { EVENT_LIMITS, Failure, uuidOfCloudEvent, type CloudEvent, type FailureCode, type Problem } from "@gauntlet/core";

import { parseJson } from "../http/read-body.ts";
import { eventOfCloudEvent } from "./event-of-cloud-event.ts";
import type { EventIntake } from "./event-intake.ts";
import { CLOUD_EVENT_TYPES, isProblems, readCloudEvents } from "./read-cloud-events.ts";
import { batchDigest, ITEM_KINDS, itemsOf, recordCloudEvent, recordItems, type ItemKind } from "./record-items.ts";

export interface MessageServices {
  readonly controller: Pick<Controller, "store" | "clock">;
  readonly intake: EventIntake;
  /** Told what was counted. */
  readonly recorded: (answer: RecordAnswer) => void;
}

/**
 * Keeps what a message brings: a body as the HTTP calls take it (`outcomes`, `labels`, `followUps` or `events`), or
 * CloudEvents of those. It counts once by the message's id.
 * @throws Failure when it may be kept another time.
 */
export async function receiveMessage(message: StreamMessage, services: MessageServices): Promise<MessageReceipt> {
  try {
    const clouds = readCloudEvents(message, Object.values(CLOUD_EVENT_TYPES));
    return receiptOf(clouds === null ? await takeBody(message, services) : await takeCloudEvents(clouds.events, services));
  } catch (error) {
    const failure = asFailure(error);
    if (HOPELESS.has(failure.code)) return { kind: "poison", detail: `${failure.code}: ${failure.message}` };
    throw failure;
  }
}

/** Nothing that time mends. */
const HOPELESS: ReadonlySet<FailureCode> = new Set(["invalid_input", "too_large", "unsupported_media_type", "idempotency_mismatch"]);

interface Taken {
  readonly kept: number;
  /** Why, of each item that was refused. */
  readonly refused: readonly string[];
}

function receiptOf({ kept, refused }: Taken): MessageReceipt {
  if (refused.length === 0) return { kind: "kept" };
  const detail = `${refused.length} of ${kept + refused.length} items refused: ${refused.slice(0, 3).join("; ")}`.slice(0, 1000);
  return kept === 0 ? { kind: "poison", detail } : { kind: "partly", detail };
}

async function takeBody({ id, text }: StreamMessage, services: MessageServices): Promise<Taken> {
  const body = parseJson(text);
  const keys = typeof body === "object" && body !== null && !Array.isArray(body) ? Object.keys(body) : [];
  const [key] = keys;
  if (keys.length === 1 && key === "events") return takeEvents((body as { readonly events: unknown }).events, id, services);
  if (keys.length === 1 && (key === "outcomes" || key === "labels" || key === "followUps")) return takeItems(key, { body, id, text }, services);
  throw new Failure("invalid_input", `a message is {"outcomes": […]}, {"labels": […]}, {"followUps": […]}, {"events": […]} or a CloudEvent, not ${keys.length === 0 ? "this" : `{${keys.slice(0, 3).join(", ").slice(0, 100)}}`}`);
}

async function takeItems(kind: ItemKind, { body, id, text }: { readonly body: unknown; readonly id: string; readonly text: string }, services: MessageServices): Promise<Taken> {
  const answer = await recordItems(services.controller, { kind, items: itemsOf(kind, body), batchId: id, digest: batchDigest(kind, text) });
  return countedIn(answer, services);
}

/** An event without an id has one by its place, so that the message may come again. */
async function takeEvents(events: unknown, messageId: string, { intake }: MessageServices): Promise<Taken> {
  if (!Array.isArray(events)) throw new Failure("invalid_input", '"events" is not a list');
  if (events.length > EVENT_LIMITS.batchEvents) throw new Failure("too_large", `the message has ${events.length} events; at most ${EVENT_LIMITS.batchEvents} are taken`);
  const named = events.map((event: unknown, index) => (typeof event === "object" && event !== null ? { event_id: uuidOfCloudEvent({ source: messageId, id: String(index) }), ...event } : event));
  return eventsIn(await intake.take(named, "stream"));
}

async function takeCloudEvents(events: readonly (CloudEvent | readonly Problem[])[], services: MessageServices): Promise<Taken> {
  const taken = await Promise.all(events.map((event) => takeCloudEvent(event, services)));
  return { kept: taken.reduce((sum, { kept }) => sum + kept, 0), refused: taken.flatMap(({ refused }) => refused) };
}

async function takeCloudEvent(event: CloudEvent | readonly Problem[], services: MessageServices): Promise<Taken> {
  if (isProblems(event)) return { kept: 0, refused: [event.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join(", ")] };
  if (event.type === CLOUD_EVENT_TYPES.event) return eventsIn(await services.intake.take([eventOfCloudEvent(event)], "stream"));
  const kind = (Object.keys(ITEM_KINDS) as ItemKind[]).find((known) => ITEM_KINDS[known].cloudEventType === event.type) as ItemKind;
  return countedIn(await recordCloudEvent(services.controller, kind, event), services);
}

function countedIn(answer: RecordAnswer, { recorded }: MessageServices): Taken {
  recorded(answer);
  return { kept: answer.accepted + answer.duplicates, refused: answer.rejected.map(({ index, detail }) => `${index}: ${detail}`) };
}

function eventsIn(verdicts: Awaited<ReturnType<EventIntake["take"]>>): Taken {
  const refused = verdicts.flatMap((verdict, index) => (verdict.kind === "accepted" ? [] : [`${index}: ${verdict.kind === "invalid" ? verdict.problems.map(({ field, detail }) => `${field} ${detail}`).join(", ") : verdict.kind}`]));
  return { kept: verdicts.length - refused.length, refused };
}
