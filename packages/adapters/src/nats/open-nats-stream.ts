import type { MessageHandler, MessageStream, StreamReport } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager, JetStreamApiError, type ConsumerInfo, type ConsumerMessages, type JetStreamManager, type JsMsg } from "@nats-io/jetstream";
import { connect, credsAuthenticator, nanos, type NatsConnection } from "@nats-io/transport-node";
import { setTimeout as sleep } from "node:timers/promises";

import { messageOf } from "./message-of.ts";

export interface NatsStreamOptions {
  /** `nats://host:port` or `tls://host:port`; any of a cluster. */
  readonly servers: readonly string[];
  readonly login: NatsLogin;
  readonly stream: string;
  /** The durable consumer, made when it is not there. Replicas that share one share its messages. */
  readonly durable: string;
  /** Of the stream's subjects those taken; null: all. */
  readonly subject: string | null;
}

export type NatsLogin = { readonly kind: "none" } | { readonly kind: "token"; readonly token: string } | { readonly kind: "password"; readonly user: string; readonly password: string } | { readonly kind: "credentials"; readonly text: string };

/** In hand at a time; the store commits those of one moment together. */
const IN_HAND_MAX = 256;
/** What a message may take before it is given to another replica. */
const ACK_WAIT_MS = 30_000;
const DRAIN_MS = 2000;
const RETRY_MS = { first: 500, most: 30_000 } as const;

/**
 * Takes the messages of a JetStream stream. Returns at once; a server that is down, or a stream that is not there yet, is
 * tried until it is. A message is acknowledged after the handler kept it. One that was kept and not acknowledged, since
 * the process died in between, comes again under the same id. Poison is terminated.
 */
export function openNatsStream(options: NatsStreamOptions, handle: MessageHandler, report: (event: StreamReport) => void): MessageStream {
  const name = `nats ${options.stream} ${options.durable}`;
  const closing = new AbortController();
  const { signal } = closing;
  let messages: ConsumerMessages | null = null;

  async function run(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await readUntilClosed(() => {
          failures = 0;
          report({ kind: "open", stream: name });
        });
      } catch (error) {
        if (failures === 0 && !signal.aborted) report({ kind: "unavailable", stream: name, detail: textOf(error) });
        failures++;
      }
      if (!signal.aborted) await sleep(Math.min(RETRY_MS.first * 2 ** failures, RETRY_MS.most), null, { signal }).catch(() => undefined);
    }
  }

  async function readUntilClosed(opened: () => void): Promise<void> {
    const connection = await connectTo(options);
    try {
      const { consumer, origin } = await consumerOf(connection, options);
      messages = await consumer.consume({ max_messages: IN_HAND_MAX * 2, abort_on_missing_resource: true });
      if (signal.aborted) messages.stop();
      opened();
      await takeAll(messages, (message) => settle(message, origin));
    } finally {
      messages = null;
      // Acknowledgements on their way are sent first, unless nobody is there to take them.
      await Promise.race([connection.drain(), sleep(DRAIN_MS, null, { ref: false })]).catch(() => undefined);
      await connection.close();
    }
  }

  async function settle(message: JsMsg, origin: string): Promise<void> {
    const taken = messageOf(message, { stream: options.stream, origin });
    try {
      const receipt = await handle(taken);
      if (receipt.kind === "poison") message.term();
      else message.ack();
      report({ kind: "message", stream: name, place: taken.place, receipt });
    } catch (error) {
      message.nak(Math.min(RETRY_MS.first * 2 ** Math.min(message.info.deliveryCount, 10), RETRY_MS.most));
      report({ kind: "given_back", stream: name, place: taken.place, error });
    }
  }

  const running = run();
  return {
    name,
    async close() {
      closing.abort();
      messages?.stop();
      await running;
    },
  };
}

async function takeAll(messages: AsyncIterable<JsMsg>, settle: (message: JsMsg) => Promise<void>): Promise<void> {
  const inHand = new Set<Promise<void>>();
  try {
    for await (const message of messages) {
      const work: Promise<void> = settle(message).finally(() => inHand.delete(work));
      inHand.add(work);
      if (inHand.size >= IN_HAND_MAX) await Promise.race(inHand);
    }
  } finally {
    await Promise.all(inHand);
  }
}

function connectTo({ servers, login }: NatsStreamOptions): Promise<NatsConnection> {
  return connect({ servers: [...servers], name: "gauntlet", timeout: 5000, maxReconnectAttempts: -1, ...loginOf(login) });
}

function loginOf(login: NatsLogin): Parameters<typeof connect>[0] {
  switch (login.kind) {
    case "none":
      return {};
    case "token":
      return { token: login.token };
    case "password":
      return { user: login.user, pass: login.password };
    case "credentials":
      return { authenticator: credsAuthenticator(new TextEncoder().encode(login.text)) };
  }
}

/** `origin` is the stream as it was made: another one of the same name counts its messages anew. */
async function consumerOf(connection: NatsConnection, options: NatsStreamOptions) {
  const { stream, durable } = options;
  const manager = await jetstreamManager(connection);
  const { created } = await manager.streams.info(stream);
  requireFit((await existing(manager, options)) ?? (await manager.consumers.add(stream, configOf(options))), options);
  return { consumer: await jetstream(connection).consumers.get(stream, durable), origin: `${stream}@${created}` };
}

async function existing(manager: JetStreamManager, { stream, durable }: NatsStreamOptions): Promise<ConsumerInfo | null> {
  try {
    return await manager.consumers.info(stream, durable);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === CONSUMER_NOT_FOUND) return null;
    throw error;
  }
}

const CONSUMER_NOT_FOUND = 10_014;

function configOf({ durable, subject }: NatsStreamOptions) {
  return {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: IN_HAND_MAX * 4,
    ...(subject === null ? {} : { filter_subject: subject }),
  };
}

/** A consumer that was made by somebody else must not lose anything. */
function requireFit({ config }: ConsumerInfo, { stream, durable, subject }: NatsStreamOptions): void {
  const wrong = [
    ...(config.ack_policy === AckPolicy.Explicit ? [] : [`ack_policy ${config.ack_policy} instead of explicit`]),
    ...(config.deliver_subject === undefined ? [] : ["it pushes its messages"]),
    ...((config.max_deliver ?? -1) <= 0 ? [] : [`max_deliver ${config.max_deliver}, after which messages are lost`]),
    ...((config.filter_subject ?? null) === subject ? [] : [`filter_subject ${config.filter_subject ?? "(none)"} instead of ${subject ?? "(none)"}`]),
  ];
  if (wrong.length > 0) throw new Failure("conflict", `the consumer ${durable} of the stream ${stream} is another one: ${wrong.join(", ")}`, { fix: "name a durable of Gauntlet's own, which it makes itself" });
}

function textOf(error: unknown): string {
  if (error instanceof Failure) return `${error.message}: ${error.fix ?? ""}`;
  return error instanceof Error ? error.message : String(error);
}

