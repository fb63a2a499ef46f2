import type { Clock } from "../ports/clock.ts";
import type { Hook, HookAnswer } from "../ports/hook.ts";
import type { Delivery, DeliveryResult } from "../ports/monitor-store.ts";
import type { Store } from "../ports/store.ts";

export interface DeliveryWork {
  readonly store: Pick<Store, "deliveries">;
  readonly clock: Clock;
  /** By name. */
  readonly hooks: ReadonlyMap<string, Hook>;
}

/** How many of those that were due ended in which way. */
export interface DeliveryReport {
  readonly delivered: number;
  readonly retried: number;
  readonly failed: number;
}

const AT_ONCE_MAX = 8;
/** For the writing of what an attempt came to. */
const SETTLING_MS = 30_000;
export const ATTEMPTS_MAX = 16;

/**
 * Tries what is due, once. Whoever dies here leaves it to the next attempt, which any process makes when the claim is over:
 * everybody is told at least once.
 */
export async function deliverHooks({ store, clock, hooks }: DeliveryWork): Promise<DeliveryReport> {
  const now = clock.now();
  const longestMs = Math.max(0, ...[...hooks.values()].map(({ timeoutMs }) => timeoutMs));
  const due = await store.deliveries.claim({ now, until: now + longestMs + SETTLING_MS, limit: AT_ONCE_MAX });
  const ends = await Promise.all(
    due.map(async (delivery) => {
      const hook = hooks.get(delivery.hook);
      const answer: HookAnswer = hook === undefined ? { kind: "refused", detail: "the configuration has no hook of this name any more" } : await hook.tell(delivery);
      const result = resultOf(delivery, answer, clock.now());
      await store.deliveries.settle(delivery.id, delivery.attempts, result);
      return result.kind;
    }),
  );
  const count = (kind: DeliveryResult["kind"]): number => ends.filter((end) => end === kind).length;
  return { delivered: count("delivered"), retried: count("retry"), failed: count("failed") };
}

function resultOf({ attempts }: Delivery, { kind, detail }: HookAnswer, at: number): DeliveryResult {
  if (kind === "delivered") return { kind, at, detail };
  if (kind === "refused") return { kind: "failed", at, detail };
  return attempts >= ATTEMPTS_MAX ? { kind: "failed", at, detail: `given up after ${attempts} attempts: ${detail}` } : { kind: "retry", nextAt: at + waitMs(attempts), detail };
}

const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

/** Twice as long after each attempt; sixteen attempts take more than a day. */
export function waitMs(attempts: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
}
