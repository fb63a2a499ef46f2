import type { HookEventKind } from "@gauntlet/core";

import type { Delivery } from "./monitor-store.ts";

/**
 * Somebody outside who is told what happens. Telling may be repeated: the delivery's id goes with it, so that the
 * other end can know it again. It never throws, and its answer holds no secret and no address.
 */
export interface Hook {
  readonly name: string;
  readonly events: readonly HookEventKind[];
  /** How long telling takes at most, milliseconds. */
  readonly timeoutMs: number;
  /** How long is waited after each attempt that failed; after as many and one it is given up. Left out: twice as long each time. */
  readonly waitsMs?: readonly number[];
  /** What it is told in: `slack`, or `webhook, cloudevents`. */
  readonly form: string;
  tell(delivery: Delivery): Promise<HookAnswer>;
  /** What `tell` sends: it follows from the event, and is the same for every attempt. No address or secret is in it. */
  message(delivery: Delivery): HookMessage;
}

export interface HookMessage {
  readonly contentType: string;
  readonly body: string;
}

/**
 * retry: it may work later. refused: it won't, until somebody changes the configuration or the other end. gone: the other
 * end wants to be told nothing any more.
 */
export interface HookAnswer {
  readonly kind: "delivered" | "retry" | "refused" | "gone";
  readonly detail: string;
}
