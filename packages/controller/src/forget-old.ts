import { forgottenBefore } from "@gauntlet/core";

import { readState } from "./chain.ts";
import type { Controller } from "./controller.ts";

/** How long a key answers a call that is sent again. */
const KEYS_KEPT_MS = 30 * 86_400_000;

/**
 * Forgets what is kept only to know again what was counted: raw predictions, labels and batch ids of a model that are
 * older than any outcome that is still taken. Evidence stays. Returns how many records went; safe to do again.
 * @throws Failure `store_unavailable`.
 */
export async function forgetOld(controller: Pick<Controller, "store" | "clock">, model: string): Promise<number> {
  const { epochs } = await readState(controller, model);
  const retained = epochs.map((epoch) => epoch.retentionMs ?? Number.POSITIVE_INFINITY);
  // A record may belong to any epoch that is remembered, so the longest retention goes for all.
  const longestMs = Math.max(...retained);
  if (epochs.length === 0 || longestMs === Number.POSITIVE_INFINITY) return 0;
  return controller.store.evidence.forget(model, forgottenBefore(controller.clock.now(), longestMs));
}

/** Forgets idempotency keys; `now` is of the clock that they were begun by. @throws Failure `store_unavailable`. */
export async function forgetOldKeys({ store }: Pick<Controller, "store">, now: number): Promise<number> {
  return store.idempotency.forget(now - KEYS_KEPT_MS);
}
