import type { Delivery } from "@gauntlet/controller";
import type { HookEvent, LedgerNotice } from "@gauntlet/core";
import { CloudEvent, HTTP } from "cloudevents";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { bodyOf } from "./body-of.ts";
import { httpHook } from "./http-hook.ts";
import { payloadOf, type WebhookFormat } from "./payload-of.ts";

const OLD = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
const NEW = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
const NOTICE: LedgerNotice = { kind: "promoted", model: "fraud & co/é", rollout: "fraud-1", decision: "d-1", verdict: "promote", reason: "all_checks_passed", champion: "1", challenger: "2", says: "It is better.", at: 1_767_225_600_000, entry: { seq: 7, hash: "f".repeat(64) } };
const deliveryOf = (event: HookEvent): Delivery => ({ id: "h-0123456789abcdef01234567", hook: "ops", event, subject: "ledger:fraud", createdAt: 0, status: "pending", attempts: 1, nextAt: 1, detail: null, settledAt: null, tries: [] });

interface Told {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let told: Told[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    told.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(204).end();
  });
});
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
beforeEach(() => {
  told = [];
});

async function tell(secrets: readonly string[], format: WebhookFormat = "plain", event: HookEvent = NOTICE): Promise<Told> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`;
  const hook = httpHook({ name: "ops", kind: "webhook", format, environment: "production", secrets, url, events: ["promoted"], timeoutMs: 5000, allowPrivate: false }, { now: () => Date.now() });
  expect(await hook.tell(deliveryOf(event))).toEqual({ kind: "delivered", detail: "answered 204" });
  return told.at(-1) as Told;
}

const verified = (secret: string, { headers, body }: Told) => new Webhook(secret).verify(body, headers as Record<string, string>);

test("the package signs the example of Standard Webhooks as its specification does", () => {
  const signature = new Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").sign("msg_p5jXN8AQM9LWM0D4loKWxJek", new Date(1_614_265_330_000), '{"test": 2432232314}');
  expect(signature).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

describe("a signed webhook", () => {
  test("is verified by the standard's own receiver; its id is the delivery's", async () => {
    const message = await tell([OLD]);
    expect(message.headers).toMatchObject({ "content-type": "application/json", "webhook-id": "h-0123456789abcdef01234567", "webhook-timestamp": expect.stringMatching(/^\d{10}$/) as string });
    expect(verified(OLD, message)).toEqual({
      type: "gauntlet.promoted",
      timestamp: "2026-01-01T00:00:00.000Z",
      data: { ...NOTICE, at: "2026-01-01T00:00:00.000Z", title: "fraud & co/é: 2 is promoted in place of 1", level: "info" },
    });
  });

  test("is verified by the old secret and by the new one while there are two, and by no other", async () => {
    const message = await tell([OLD, NEW]);
    for (const secret of [OLD, NEW]) expect(verified(secret, message)).toMatchObject({ type: "gauntlet.promoted" });
    expect(() => verified(`whsec_${Buffer.alloc(24, 3).toString("base64")}`, message)).toThrow("No matching signature");
    expect(() => verified(OLD, { ...message, body: message.body.replace("promoted", "rolled_back") })).toThrow("No matching signature");
  });

  test("waits as the standard recommends", () => {
    const { waitsMs } = httpHook({ name: "ops", kind: "webhook", format: "plain", environment: "production", secrets: [OLD], url: "https://x.example", events: [], timeoutMs: 1, allowPrivate: false }, { now: () => 0 });
    expect(waitsMs?.map((ms) => ms / 1000)).toEqual([5, 300, 1800, 7200, 18_000, 36_000]);
  });
});

describe("as a CloudEvent", () => {
  const received = ({ headers, body }: Told) => HTTP.toEvent({ headers: headers as Record<string, string>, body }) as CloudEvent<Record<string, unknown>>;

  test("it is one by the SDK of CloudEvents, whatever a model is called", async () => {
    const event = received(await tell([OLD], "cloudevents"));
    expect(event.validate()).toBe(true);
    expect(event).toMatchObject({ specversion: "1.0", id: "h-0123456789abcdef01234567", source: "/gauntlet/models/fraud%20%26%20co%2F%C3%A9", type: "gauntlet.promoted", subject: "fraud-1", data: { decision: "d-1", challenger: "2" } });
  });

  test("a CDEvent is in one of its own type: a service is upgraded or rolled back", async () => {
    const event = received(await tell([OLD], "cdevents"));
    const { type, id, source } = event;
    expect([type, event.data]).toMatchObject(["dev.cdevents.service.upgraded.0.2.0", { context: { version: "0.4.1", id, source, type, timestamp: "2026-01-01T00:00:00.000Z" }, subject: { id: NOTICE.model, source, type: "service", content: { environment: { id: "production" }, artifactId: "pkg:mlflow/fraud%20%26%20co%2F%C3%A9@2" } } }]);
    // The event's own subject, as the binding wants it.
    expect(event.subject).toBe(NOTICE.model);
    const back = payloadOf("cdevents", deliveryOf({ ...NOTICE, kind: "rolled_back" }), "staging").body;
    expect(back).toMatchObject({ type: "dev.cdevents.service.rolledback.0.2.0", data: { subject: { content: { environment: { id: "staging" }, artifactId: expect.stringMatching(/@1$/) as string } } } });
  });

  test.each([
    [{ ...NOTICE, kind: "verdict_changed" }, "dev.cdeventsx.gauntlet-promotion.decided.0.1.0", "gauntlet-promotion"],
    [{ ...NOTICE, kind: "approval_wanted" }, "dev.cdeventsx.gauntlet-promotion.approvalwanted.0.1.0", "gauntlet-promotion"],
    [{ kind: "test", at: 1, says: "" }, "dev.cdeventsx.gauntlet-hook.tested.0.1.0", "gauntlet-hook"],
    [{ kind: "at_risk", model: "m", watched: "m-1", from: "2", to: "1", at: 5, mode: "rollback", says: "", samples: 1, change: null, share: null, response: null, withheld: null }, "dev.cdeventsx.gauntlet-monitor.atrisk.0.1.0", "gauntlet-monitor"],
  ] as const satisfies readonly (readonly [HookEvent, string, string])[])("what only we know is a custom CDEvent: $kind", (event, type, subject) => {
    expect(payloadOf("cdevents", deliveryOf(event), "production").body).toMatchObject({ type, data: { context: { type }, subject: { type: subject } } });
  });
});

test("people are told of the ledger by Slack, Discord and the generic form too", () => {
  const event: LedgerNotice = { ...NOTICE, kind: "approval_wanted", model: "<!channel>" };
  expect(bodyOf("slack", event)).toMatchObject({ attachments: [{ color: "#ff9800", text: "&lt;!channel&gt;: an approval is wanted before 2 is promoted. It is better.", footer: "Gauntlet · fraud-1 · ledger entry 7" }] });
  expect(bodyOf("generic", { kind: "test", at: 5, says: "x" })).toEqual({ message: "Gauntlet is heard. x", level: "info", source: "gauntlet", event: { kind: "test", at: "1970-01-01T00:00:00.005Z", says: "x" } });
});
