import { emptyState, Failure, project, sealEntry, type LedgerEvent, type ModelState } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import type { Fence } from "./ports/ledger-store.ts";

/** The state of a model as the ledger has it. */
export async function readState(controller: Pick<Controller, "store">, model: string): Promise<ModelState> {
  const head = await controller.store.ledger.head(model);
  return head?.state ?? emptyState(model);
}

/**
 * Appends events to the chain of a model and returns the state after them. One transaction: all or nothing.
 * @throws Failure `ledger_conflict` when somebody else appended since `state` was read; `fenced` when leadership is lost.
 */
export async function appendEvents(
  controller: Pick<Controller, "store" | "clock">,
  state: ModelState,
  more: { readonly events: readonly LedgerEvent[]; readonly fence: Fence | null },
): Promise<ModelState> {
  const at = controller.clock.now();
  let after = state;
  const entries = more.events.map((event) => {
    const entry = sealEntry(after.seq === 0 ? null : after, { chain: state.model, at, event });
    after = project(after, entry);
    return entry;
  });
  await controller.store.ledger.append({ chain: state.model, expect: { seq: state.seq, hash: state.hash }, fence: more.fence, entries, state: after });
  return after;
}

/** Does `write` on a fresh state until no other writer gets in between; each try reads again. */
export async function withFreshState<T>(controller: Pick<Controller, "store">, model: string, write: (state: ModelState) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write(await readState(controller, model));
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "ledger_conflict" || tries === 20) throw error;
    }
  }
}
