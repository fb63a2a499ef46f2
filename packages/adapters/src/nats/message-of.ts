import type { StreamMessage } from "@gauntlet/controller";
import type { JsMsg } from "@nats-io/jetstream";
import { createHash } from "node:crypto";

/**
 * A message by the name its publisher gave it, `Nats-Msg-Id`, or else by its place in the stream. The former also tells a
 * message that was published twice, and later than the server's own window for that.
 */
export function messageOf({ headers, data, seq, subject }: Pick<JsMsg, "headers" | "data" | "seq" | "subject">, { stream, origin }: { readonly stream: string; readonly origin: string }): StreamMessage {
  const named = Object.fromEntries([...(headers?.keys() ?? [])].map((name) => [name.toLowerCase(), headers?.get(name)]));
  const given = named["nats-msg-id"] ?? "";
  return {
    id: given === "" ? `nats:${origin}:${seq}` : `nats:${stream}:id:${given.length <= GIVEN_ID_MAX ? given : createHash("sha256").update(given).digest("hex")}`,
    place: `${stream} #${seq} on ${subject}`,
    headers: named,
    text: new TextDecoder().decode(data),
  };
}

const GIVEN_ID_MAX = 128;
