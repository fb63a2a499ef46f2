import type { Delivery } from "@gauntlet/controller";
import { isoTime, type HookEvent } from "@gauntlet/core";

import { isNotice, summaryOf } from "./summary-of.ts";

/** plain: what Standard Webhooks recommends. cloudevents: CloudEvents 1.0, structured. cdevents: a CDEvent in one. */
export type WebhookFormat = "plain" | "cloudevents" | "cdevents";

interface Payload {
  readonly contentType: string;
  readonly body: unknown;
}

/** The same for every attempt: what is told of was fixed when it happened. */
export function payloadOf(format: WebhookFormat, { id, event }: Pick<Delivery, "id" | "event">, environment: string): Payload {
  const timestamp = isoTime(event.at);
  const { title, level, facts } = summaryOf(event);
  const data = { ...facts, title, level };
  const type = `gauntlet.${event.kind}`;
  switch (format) {
    case "plain":
      return { contentType: "application/json", body: { type, timestamp, data } };
    case "cloudevents":
      return { contentType: CLOUD_EVENT, body: cloudEvent({ id, event, type, subject: subjectOf(event), data }) };
    case "cdevents": {
      const context = { version: CDEVENTS_VERSION, id, source: sourceOf(event), type: cdEventType(event), timestamp };
      const subject = cdSubject(event, environment);
      // By the binding of CDEvents to CloudEvents both name the same subject.
      return { contentType: CLOUD_EVENT, body: cloudEvent({ id, event, type: context.type, subject: subject.id, data: { context, subject, customData: data, customDataContentType: "application/json" } }) };
    }
  }
}

const CLOUD_EVENT = "application/cloudevents+json";
const CDEVENTS_VERSION = "0.4.1";

interface Enveloped {
  readonly id: string;
  readonly event: HookEvent;
  readonly type: string;
  readonly subject: string;
  readonly data: unknown;
}

function cloudEvent({ id, event, type, subject, data }: Enveloped): unknown {
  return { specversion: "1.0", id, source: sourceOf(event), type, subject, time: isoTime(event.at), datacontenttype: "application/json", data };
}

/** A URI reference, whatever a model is called. */
function sourceOf(event: HookEvent): string {
  return event.kind === "test" ? "/gauntlet" : `/gauntlet/models/${encodeURIComponent(event.model)}`;
}

/** What is told of: a rollout, or what a monitor watches. */
function subjectOf(event: HookEvent): string {
  if (event.kind === "test") return "test";
  return isNotice(event) ? event.rollout : event.watched;
}

/** A service that runs another version is CDEvents' own; what only we know is a custom event. */
function cdEventType(event: HookEvent): string {
  switch (event.kind) {
    case "promoted":
      return "dev.cdevents.service.upgraded.0.2.0";
    case "rolled_back":
      return "dev.cdevents.service.rolledback.0.2.0";
    case "verdict_changed":
      return "dev.cdeventsx.gauntlet-promotion.decided.0.1.0";
    case "approval_wanted":
      return "dev.cdeventsx.gauntlet-promotion.approvalwanted.0.1.0";
    case "test":
      return "dev.cdeventsx.gauntlet-hook.tested.0.1.0";
    default:
      return `dev.cdeventsx.gauntlet-monitor.${event.kind.replaceAll("_", "")}.0.1.0`;
  }
}

interface CdSubject {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly content: object;
}

function cdSubject(event: HookEvent, environment: string): CdSubject {
  const source = sourceOf(event);
  if (event.kind === "promoted" || event.kind === "rolled_back") {
    const serves = event.kind === "promoted" ? event.challenger : event.champion;
    return { id: event.model, source, type: "service", content: { environment: { id: environment }, artifactId: `pkg:mlflow/${encodeURIComponent(event.model)}@${encodeURIComponent(serves)}` } };
  }
  const type = event.kind === "test" ? "gauntlet-hook" : isNotice(event) ? "gauntlet-promotion" : "gauntlet-monitor";
  return { id: subjectOf(event), source, type, content: summaryOf(event).facts };
}
