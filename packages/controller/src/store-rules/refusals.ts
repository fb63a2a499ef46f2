import { Failure } from "@gauntlet/core";
import type { Allocation } from "@gauntlet/core";
import type { Fence } from "../ports/ledger-store.ts";

/**
 * A lease carries a token from the moment it is acquired until it is given back or somebody else acquires it.
 * @throws Failure `fenced`
 */
export function checkFence(fence: Fence, lease: { readonly holder: string | null; readonly token: number } | null): void {
  if (lease !== null && lease.holder !== null && lease.token === fence.token) return;
  throw new Failure("fenced", `the lease ${fence.lease} no longer carries token ${fence.token}: another controller leads`, {
    fix: "acquire the lease again, read the head again, then decide again",
  });
}

export function staleEpoch(allocation: Allocation, storedEpoch: number): Failure {
  const how = storedEpoch === allocation.epoch ? "is stored with other content" : `is older than epoch ${storedEpoch}, which is stored`;
  return new Failure("stale_epoch", `epoch ${allocation.epoch} of ${allocation.model} ${how}`, { fix: "read the allocation again and plan a higher epoch" });
}

export function unknownChain(chain: string): Failure {
  return new Failure("not_found", `there is no ledger of ${chain}`, { fix: "start a rollout of this model first" });
}

export function unknownKey(key: string): Failure {
  return new Failure("not_found", `no call with the idempotency key ${key} is under way`, { fix: "begin the key before finishing it" });
}

export function unknownToken(id: string): Failure {
  return new Failure("not_found", `there is no token ${id}`, { fix: "list the tokens to see their ids" });
}

export function tokenTaken(name: string): Failure {
  return new Failure("conflict", `a live token is already called ${name}`, { fix: "revoke that token first, or choose another name" });
}

export function tokenIdTaken(id: string): Failure {
  return new Failure("conflict", `there is a token ${id} already`, { fix: "give the new token an id of its own" });
}

export function monitorMoved(subject: string, expected: number, present: number): Failure {
  return new Failure("ledger_conflict", `what is known of ${subject} is at revision ${present}, not ${expected}: another process looked`, { fix: "read it again; the next check goes on from there" });
}

export function markMoved(name: string): Failure {
  return new Failure("ledger_conflict", `the mark ${name} is another one: another process told hooks`, { fix: "read it again" });
}

export function unknownDelivery(id: string): Failure {
  return new Failure("not_found", `there is no delivery ${id}: it never was, or is among those that were forgotten`, { fix: "list them: `gauntlet hooks log`" });
}

export function deliveryPending(id: string): Failure {
  return new Failure("conflict", `delivery ${id} is still pending: it is tried again by itself`, { fix: "see `gauntlet hooks log` for when" });
}

export function matchesMoved(expected: number, newest: number): Failure {
  return new Failure("ledger_conflict", `the newest match record is number ${newest}, not ${expected}: another process appended`, { fix: "read what it appended, then try again" });
}
