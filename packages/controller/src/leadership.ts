import { Failure } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import type { Fence } from "./ports/ledger-store.ts";

/** The right to work on a model: what the ledger checks, and until when it holds by this process's clock. */
export interface Leadership extends Fence {
  readonly until: number;
}

/** Null when another process leads. */
export async function lead(controller: Controller, model: string): Promise<Leadership | null> {
  return take(controller, `model:${model}`);
}

/** Extends a leadership of which less than half is left, so that a plan may take longer than a lease. @throws Failure `fenced`. */
export async function stayLeading(controller: Controller, leadership: Leadership): Promise<Leadership> {
  if (leadership.until - controller.clock.now() > controller.leaseMs / 2) return leadership;
  const extended = await take(controller, leadership.lease);
  if (extended?.token !== leadership.token) throw lost(leadership);
  return extended;
}

/** Work that may take longer than a lease, as long as whoever does it calls `beat` now and then. @throws Failure `fenced`. */
export async function whileLeading<T>(controller: Controller, since: Leadership, work: (beat: () => Promise<void>) => Promise<T>): Promise<{ readonly done: T; readonly leadership: Leadership }> {
  let leadership = since;
  const done = await work(async () => {
    leadership = await stayLeading(controller, leadership);
  });
  return { done, leadership };
}

/**
 * Called right before a write that the far end does not fence: a process that was asleep may not go on where it was.
 * What remains is a write that is already on its way, and arrives within the longest time that a port call takes.
 * @throws Failure `fenced`.
 */
export function requireLeading(controller: Controller, leadership: Leadership): void {
  if (controller.clock.now() >= leadership.until) throw lost(leadership);
}

/** Whoever can't give it back lets it expire: that is no failure of the work that was done. */
export async function resign(controller: Controller, { lease, token, until }: Leadership): Promise<void> {
  try {
    await controller.store.leases.release({ name: lease, holder: controller.holder, token, expiresAt: until });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "store_unavailable") throw error;
  }
}

async function take(controller: Controller, name: string): Promise<Leadership | null> {
  const lease = await controller.store.leases.acquire({ name, holder: controller.holder, now: controller.clock.now(), ttlMs: controller.leaseMs });
  return lease === null ? null : { lease: lease.name, token: lease.token, until: lease.expiresAt };
}

function lost({ lease, token }: Leadership): Failure {
  return new Failure("fenced", `the lease ${lease} with token ${token} ran out in the middle of the work`, { fix: "nothing: whoever leads goes on from what the ledger says" });
}
