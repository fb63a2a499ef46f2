import { openNatsStream } from "@gauntlet/adapters/nats";
import type { StreamMessage, StreamReport } from "@gauntlet/controller";
import { AckPolicy, jetstream, jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { equal, match, notEqual, ok } from "node:assert/strict";

interface Where {
  readonly servers: readonly string[];
  readonly token: string;
}

/** What the adapter makes of each way in which a message, a consumer or a stream can be: against the real server. */
export async function faces(where: Where, connection: NatsConnection): Promise<string> {
  const manager = await jetstreamManager(connection);
  const publish = async (subject: string, text: string): Promise<void> => void (await jetstream(connection).publish(subject, text));
  await manager.streams.add({ name: "FACES", subjects: ["faces.>"] });
  for (const text of ["kept", "thrown once", "poison", "partly"]) await publish("faces.some", text);
  await publish("faces.other", "of no interest");

  const first = read(where, "faces.some");
  await until("every message is done with", () => isDone(manager));
  await first.close();
  equal(first.seen.filter(({ text }) => text === "thrown once").length, 2, "a message that was given back came again");
  equal(first.seen.length, 5, "nothing else came twice, and nothing of another subject");
  equal(first.reports.filter(({ kind }) => kind === "given_back").length, 1);
  const [kept] = first.seen;
  match(kept?.id ?? "", /^nats:FACES@\d{4}-.*:1$/);
  equal(kept?.place, "FACES #1 on faces.some");

  // The same durable goes on where it was; poison did not stay.
  await publish("faces.some", "later");
  const second = read(where, "faces.some");
  await until("the later message came", async () => second.seen.length > 0);
  await second.close();
  equal(second.seen.map(({ text }) => text).join(), "later");

  // A stream of the same name is another stream.
  await manager.streams.delete("FACES");
  const third = read(where, "faces.some");
  await until("a stream that is gone is said so", async () => third.reports.some(({ kind }) => kind === "unavailable"));
  await manager.streams.add({ name: "FACES", subjects: ["faces.>"] });
  await publish("faces.some", "kept");
  await until("it is read as soon as it is there", async () => third.seen.length > 0);
  await third.close();
  notEqual(third.seen[0]?.id, kept?.id);

  // A consumer that would lose messages is refused.
  await manager.consumers.delete("FACES", "faces");
  await manager.consumers.add("FACES", { durable_name: "faces", ack_policy: AckPolicy.Explicit, max_deliver: 3 });
  const refused = read(where, null);
  await until("the consumer is refused", async () => refused.reports.length > 0);
  await refused.close();
  const [said] = refused.reports;
  ok(said?.kind === "unavailable");
  match(said.detail, /max_deliver 3, after which messages are lost/);

  const wrong = read({ ...where, token: "wrong" }, null);
  await until("a wrong token is said so", async () => wrong.reports.length > 0);
  await wrong.close();
  equal(wrong.reports[0]?.kind, "unavailable");
  await manager.streams.delete("FACES");
  return "messages kept, given back and terminated; streams that are gone, made anew, or whose consumer would lose messages";
}

interface Reading {
  readonly seen: readonly StreamMessage[];
  readonly reports: readonly StreamReport[];
  close(): Promise<void>;
}

function read({ servers, token }: Where, subject: string | null): Reading {
  const seen: StreamMessage[] = [];
  const reports: StreamReport[] = [];
  const stream = openNatsStream(
    { servers, login: { kind: "token", token }, stream: "FACES", durable: "faces", subject },
    async (message) => {
      seen.push(message);
      if (message.text === "thrown once" && seen.filter(({ text }) => text === message.text).length === 1) throw new Error("not now");
      if (message.text === "poison") return { kind: "poison", detail: "a test" };
      return message.text === "partly" ? { kind: "partly", detail: "a test" } : { kind: "kept" };
    },
    (event) => {
      if (event.kind !== "open" && event.kind !== "message") reports.push(event);
    },
  );
  return { seen, reports, close: stream.close };
}

async function isDone(manager: JetStreamManager): Promise<boolean> {
  try {
    const { num_pending, num_ack_pending, delivered } = await manager.consumers.info("FACES", "faces");
    return delivered.consumer_seq > 0 && num_pending === 0 && num_ack_pending === 0;
  } catch {
    // It is not made yet.
    return false;
  }
}

/** As long as it takes, within reason. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 120_000;
  let cause: unknown = null;
  // A question that was on its way when a server died is never answered, and is asked again.
  while (!(await holds().catch((error: unknown) => ((cause = error), false)))) {
    if (Date.now() > end) throw new Error(`not within two minutes: ${what}`, { cause });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
