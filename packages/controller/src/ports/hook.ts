import type { MonitorEventKind } from "@gauntlet/core";

import type { Delivery } from "./monitor-store.ts";

/**
 * Somebody outside who is told what a monitor saw. Telling may be repeated: the delivery's id goes with it, so that the
 * other end can know it again. It never throws, and its answer holds no secret and no address.
 */
export interface Hook {
  readonly name: string;
  readonly events: readonly MonitorEventKind[];
  /** How long telling takes at most, milliseconds. */
  readonly timeoutMs: number;
  tell(delivery: Delivery): Promise<HookAnswer>;
}

/** retry: it may work later. refused: it won't, until somebody changes the configuration or the other end. */
export interface HookAnswer {
  readonly kind: "delivered" | "retry" | "refused";
  readonly detail: string;
}
