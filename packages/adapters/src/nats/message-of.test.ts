import { headers } from "@nats-io/transport-node";
import { expect, test } from "vitest";

import { messageOf } from "./message-of.ts";

const data = new TextEncoder().encode('{"outcomes":[]}');
const from = { stream: "GAUNTLET", origin: "GAUNTLET@2026-01-01T00:00:00Z" };
const plain = { headers: undefined, data, seq: 7, subject: "gauntlet.outcomes" };

function named(values: Readonly<Record<string, string>>) {
  const made = headers();
  for (const [name, value] of Object.entries(values)) made.set(name, value);
  return { ...plain, headers: made };
}

test("a message is named by its place in the stream as that was made", () => {
  expect(messageOf(plain, from)).toEqual({ id: "nats:GAUNTLET@2026-01-01T00:00:00Z:7", place: "GAUNTLET #7 on gauntlet.outcomes", headers: {}, text: '{"outcomes":[]}' });
  expect(messageOf(plain, { ...from, origin: "GAUNTLET@2027-01-01T00:00:00Z" }).id).not.toBe(messageOf(plain, from).id);
});

test("or by the id that its publisher gave it, wherever it stands", () => {
  const first = messageOf(named({ "Nats-Msg-Id": "order-1", "CE-Id": "x" }), from);
  expect(first).toMatchObject({ id: "nats:GAUNTLET:id:order-1", headers: { "nats-msg-id": "order-1", "ce-id": "x" } });
  expect(messageOf({ ...named({ "nats-msg-id": "order-1" }), seq: 8 }, from).id).toBe(first.id);
  const [long, longer] = ["x".repeat(129), "x".repeat(130)].map((id) => messageOf(named({ "Nats-Msg-Id": id }), from).id);
  expect(long).toHaveLength("nats:GAUNTLET:id:".length + 64);
  expect(longer).not.toBe(long);
});
