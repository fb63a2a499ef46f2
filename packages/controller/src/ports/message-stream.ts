/**
 * A stream that somebody else keeps, from which messages are taken until `close`. Each comes at least once, in any order and
 * perhaps again after a crash: what it brings must count by its `id`. It is given back to the stream, to come again, when the
 * handler throws, and it is done with when the handler returns, which must not be before it is durable.
 */
export interface MessageStream {
  /** Named in logs and metrics. */
  readonly name: string;
  /** Takes no more, waits for what is in hand, and gives the connection back. */
  close(): Promise<void>;
}

export interface StreamMessage {
  /** The same whenever this message comes, and never of another one. */
  readonly id: string;
  /** For people: where in the stream it is. */
  readonly place: string;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** poison: nothing of it can ever be kept; it doesn't come again. */
export type MessageReceipt = { readonly kind: "kept" } | { readonly kind: "partly"; readonly detail: string } | { readonly kind: "poison"; readonly detail: string };

/** @throws whatever may go by itself. */
export type MessageHandler = (message: StreamMessage) => Promise<MessageReceipt>;

/** What happens to a stream and to its messages. */
export type StreamReport =
  | { readonly kind: "open"; readonly stream: string }
  /** It can't be read; it is tried again. Told once, until it is open again. */
  | { readonly kind: "unavailable"; readonly stream: string; readonly detail: string }
  | { readonly kind: "message"; readonly stream: string; readonly place: string; readonly receipt: MessageReceipt }
  /** It comes again. */
  | { readonly kind: "given_back"; readonly stream: string; readonly place: string; readonly error: unknown };
