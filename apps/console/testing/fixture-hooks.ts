// Hooks and what they were told, for looking at and testing the console's page of them.
import type { HookDelivery, HookDeliveryDetail, HookList, HookTry } from "@gauntlet/contract";

import { NOW } from "./fixture-models.ts";
import { HOSTILE } from "./fixture-worlds.ts";

const MINUTE = 60_000;

/** Hooks as the fixture server keeps them. */
export interface FixtureHooks {
  list: HookList["hooks"];
  deliveries: HookDelivery[];
}

export function fixtureHooks(): FixtureHooks {
  const deliveries = DELIVERIES.map((told, place): HookDelivery => ({ ...settled(told), id: `h-${String(place).padStart(24, "0")}` }));
  return { list: HOOKS.map((hook) => ({ ...hook, ...healthOf(hook.name, deliveries) })), deliveries };
}

const HOOKS = [
  { name: "people", form: "slack", events: ["approval_wanted", "promoted", "rolled_back", "at_risk"], disabled: null },
  { name: "pipeline", form: "webhook, cloudevents", events: ["verdict_changed", "approval_wanted", "promoted", "rolled_back"], disabled: null },
  { name: "old-portal", form: "webhook, plain", events: ["promoted", "rolled_back"], disabled: { at: NOW - 300 * MINUTE, detail: "answered 410" } },
  { name: "auditors", form: "webhook, cdevents", events: ["promoted"], disabled: null },
];

interface Told {
  readonly hook: string;
  readonly event: HookDelivery["event"];
  readonly model: string | null;
  readonly says: string;
  readonly minutesAgo: number;
  /** What each attempt came to, and how long it took. */
  readonly tries: readonly (readonly [kind: HookTry["kind"], detail: string, tookMs: number])[];
}

const DELIVERIES: readonly Told[] = [
  { hook: "pipeline", event: "promoted", model: "fraud_detector", says: "Version 12 is promoted: every effect was applied and read back.", minutesAgo: 4, tries: [["retry", "answered 503", 84], ["retry", "no answer within 10000 ms", 10_003]] },
  { hook: "people", event: "promoted", model: "fraud_detector", says: "Version 12 is promoted: every effect was applied and read back.", minutesAgo: 4, tries: [["delivered", "answered 200", 231]] },
  { hook: "people", event: "approval_wanted", model: "checkout_risk", says: `All checks passed. Two people are asked. ${HOSTILE}`, minutesAgo: 50, tries: [["retry", "the connection failed: ECONNRESET", 40], ["delivered", "answered 200", 190]] },
  { hook: "old-portal", event: "rolled_back", model: "mail_router", says: "Harm found: the error rate.", minutesAgo: 300, tries: [["failed", "answered 410", 61]] },
  { hook: "gone-since", event: "promoted", model: "mail_router", says: "Version 4 is promoted.", minutesAgo: 4000, tries: [["failed", "given up after 7 attempts: answered 500", 12]] },
];

function settled({ tries, minutesAgo, ...told }: Told): Omit<HookDelivery, "id"> {
  const createdAt = NOW - minutesAgo * MINUTE;
  const done = tries.map(([kind, detail, tookMs], place): HookTry => ({ attempt: place + 1, at: createdAt + 5000 + place * 45_000, tookMs, kind, detail }));
  const last = done.at(-1);
  const status = last === undefined || last.kind === "retry" ? "pending" : last.kind;
  return { ...told, createdAt, status, attempts: done.length, nextAt: status === "pending" ? NOW + 2 * MINUTE : null, settledAt: status === "pending" ? null : (last?.at ?? null), detail: last?.detail ?? null, tries: done };
}

function healthOf(hook: string, deliveries: readonly HookDelivery[]) {
  const own = deliveries.filter((delivery) => delivery.hook === hook);
  const tries = own.flatMap((delivery) => delivery.tries).toSorted((a, b) => b.at - a.at);
  const heard = tries.findIndex(({ kind }) => kind === "delivered");
  return { last: tries[0] ?? null, failedInRow: heard === -1 ? tries.length : heard, waiting: own.filter(({ status }) => status === "pending").length };
}

/** As GET /v1/hooks answers. */
export function hookListOf({ list, deliveries }: FixtureHooks, query: URLSearchParams): HookList {
  const is = (name: string, value: string): boolean => (query.get(name) ?? value) === value;
  return { now: NOW, hooks: list, deliveries: deliveries.filter(({ hook, status, event }) => is("hook", hook) && is("status", status) && is("event", event)).slice(0, Number(query.get("limit") ?? 100)) };
}

/** As GET /v1/hooks/deliveries/<id> answers; undefined: there is none. */
export function deliveryDetailOf({ list, deliveries }: FixtureHooks, id: string): HookDeliveryDetail | undefined {
  const delivery = deliveries.find((one) => one.id === id);
  if (delivery === undefined) return undefined;
  const known = list.some(({ name }) => name === delivery.hook);
  return { ...delivery, message: known ? { contentType: "application/json", body: JSON.stringify({ type: `gauntlet.${delivery.event}`, data: { model: delivery.model, sentence: delivery.says } }) } : null };
}

/** The delivery is waiting again, as after POST …/replay. */
export function replayed(hooks: FixtureHooks, id: string): HookDelivery | undefined {
  const place = hooks.deliveries.findIndex((one) => one.id === id);
  const before = hooks.deliveries[place];
  if (before === undefined) return undefined;
  const again: HookDelivery = { ...before, status: "pending", attempts: 0, nextAt: NOW, settledAt: null, detail: null };
  hooks.deliveries[place] = again;
  return again;
}

/** A test that is heard, newest of the log, as after POST …/test. */
export function tested(hooks: FixtureHooks, name: string): HookDelivery | undefined {
  if (!hooks.list.some((hook) => hook.name === name)) return undefined;
  const told = settled({ hook: name, event: "test", model: null, says: `A test of hook ${name}; nothing was decided.`, minutesAgo: 0, tries: [["delivered", "answered 204", 18]] });
  const delivery: HookDelivery = { ...told, id: `h-${String(hooks.deliveries.length).padStart(24, "0")}` };
  hooks.deliveries = [delivery, ...hooks.deliveries];
  hooks.list = hooks.list.map((hook) => (hook.name === name ? { ...hook, disabled: null, ...healthOf(name, hooks.deliveries) } : hook));
  return delivery;
}
