import { cloudEventOfHeaders, Failure, isJson, parseCloudEvent, type CloudEvent, type Problem } from "@gauntlet/core";

import { parseJson } from "../http/read-body.ts";

/** Of the types of CloudEvents that are known here, what each brings in its data. */
export const CLOUD_EVENT_TYPES = { event: "io.gauntlet.event", outcome: "io.gauntlet.outcome", followUp: "io.gauntlet.follow_up", label: "io.gauntlet.label" } as const;

export interface CloudMessage {
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

export interface CloudEvents {
  /** Whether they came as a batch, and are answered as one. */
  readonly isBatch: boolean;
  /** Each, or what is wrong with it. */
  readonly events: readonly (CloudEvent | readonly Problem[])[];
}

/**
 * The CloudEvents of a message: one or a batch in JSON format, or one whose attributes are headers. null when the message is
 * none. Events of other types than `types` are problems.
 * @throws Failure `invalid_input` when the text is not JSON, or a batch is no list.
 */
export function readCloudEvents({ headers, text }: CloudMessage, types: readonly string[]): CloudEvents | null {
  const mode = cloudMode(headers);
  if (mode === null) return null;
  const body = parseJson(text);
  switch (mode) {
    case "binary":
      return { isBatch: false, events: [known(cloudEventOfHeaders(attributesOf(headers), body), types)] };
    case "structured":
      return { isBatch: false, events: [known(parseCloudEvent(body, base64), types)] };
    case "batch":
      if (!Array.isArray(body)) throw new Failure("invalid_input", "a batch of CloudEvents is a JSON list", { fix: "send a list of events, or one event as application/cloudevents+json" });
      return { isBatch: true, events: body.map((event) => known(parseCloudEvent(event, base64), types)) };
  }
}

function cloudMode(headers: CloudMessage["headers"]): "binary" | "structured" | "batch" | null {
  const contentType = (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (contentType === "application/cloudevents-batch+json") return "batch";
  if (contentType === "application/cloudevents+json") return "structured";
  if (contentType.startsWith("application/cloudevents")) throw new Failure("unsupported_media_type", `${contentType} is not read here`, { fix: "send application/cloudevents+json" });
  if (headers["ce-specversion"] === undefined && headers["ce-id"] === undefined) return null;
  if (contentType !== "" && !isJson(contentType)) throw new Failure("unsupported_media_type", `data of the type ${contentType} are not read here`, { fix: "send data as application/json" });
  return "binary";
}

function attributesOf(headers: CloudMessage["headers"]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (name.startsWith("ce-") && value !== undefined ? [[name.slice(3), value]] : [])));
}

function known(event: CloudEvent | readonly Problem[], types: readonly string[]): CloudEvent | readonly Problem[] {
  if (isProblems(event) || types.includes(event.type)) return event;
  return [{ pointer: "/type", detail: `must be ${types.join(" or ")}, not "${event.type.slice(0, 100)}"` }];
}

export function isProblems(event: CloudEvent | readonly Problem[]): event is readonly Problem[] {
  return Array.isArray(event);
}

/** null when it is no base64. */
function base64(text: string): string | null {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, "base64").toString("utf8") : null;
}
