import type { Clock } from "../ports/clock.ts";
import type { Hook, HookAnswer } from "../ports/hook.ts";
import type { Delivery, DeliveryResult } from "../ports/monitor-store.ts";
import type { Store } from "../ports/store.ts";
import { changeHook, knownHooks, type KnownHook } from "./known-hooks.ts";

export interface DeliveryWork {
  readonly store: Pick<Store, "deliveries">;
  readonly clock: Clock;
  /** By name. */
  readonly hooks: ReadonlyMap<string, Hook>;
}

/** How many of those that were due ended in which way. */
interface DeliveryReport {
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
  if (due.length === 0) return { delivered: 0, retried: 0, failed: 0 };
  const known = knownHooks(await store.deliveries.marks());
  const ends = await Promise.all(
    due.map(async (delivery) => {
      const hook = hooks.get(delivery.hook);
      const beganAt = clock.now();
      const answer = await answerTo(delivery, hook, known.get(delivery.hook)?.disabled ?? null);
      const at = clock.now();
      if (answer.kind === "gone") await changeHook(store.deliveries, delivery.hook, () => ({ disabled: { at, detail: answer.detail } }));
      if (answer.kind === "delivered" && delivery.event.kind === "test" && known.get(delivery.hook)?.disabled != null) await changeHook(store.deliveries, delivery.hook, () => ({ disabled: null }));
      const result = resultOf(delivery, { ...answer, waitsMs: hook?.waitsMs }, { at, tookMs: Math.max(0, at - beganAt) });
      await store.deliveries.settle(delivery.id, delivery.attempts, result);
      return result.kind;
    }),
  );
  const count = (kind: DeliveryResult["kind"]): number => ends.filter((end) => end === kind).length;
  return { delivered: count("delivered"), retried: count("retry"), failed: count("failed") };
}

/** A test is told also to one that is disabled: it may be there again. */
async function answerTo(delivery: Delivery, hook: Hook | undefined, disabled: KnownHook["disabled"]): Promise<HookAnswer> {
  if (hook === undefined) return { kind: "refused", detail: "the configuration has no hook of this name any more" };
  if (disabled !== null && delivery.event.kind !== "test") return { kind: "refused", detail: `not told: the hook is disabled since it ${disabled.detail}` };
  return hook.tell(delivery);
}

function resultOf({ attempts }: Delivery, { kind, detail, waitsMs }: HookAnswer & { readonly waitsMs: readonly number[] | undefined }, ended: Pick<DeliveryResult, "at" | "tookMs">): DeliveryResult {
  if (kind === "delivered") return { kind, ...ended, detail };
  if (kind === "refused" || kind === "gone") return { kind: "failed", ...ended, detail };
  const wait = waitsMs === undefined ? (attempts >= ATTEMPTS_MAX ? undefined : waitMs(attempts)) : waitsMs[attempts - 1];
  return wait === undefined ? { kind: "failed", ...ended, detail: `given up after ${attempts} attempts: ${detail}` } : { kind: "retry", ...ended, nextAt: ended.at + wait, detail };
}

const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

/** Twice as long after each attempt; sixteen attempts take more than a day. */
export function waitMs(attempts: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
}
