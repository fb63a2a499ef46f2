import type { HookEvent, MonitorCheck, MonitorState } from "@gauntlet/core";

import type { Fence } from "./ledger-store.ts";

/**
 * What monitors remember, so that neither a restart nor another leader begins anew; and what is to be told to hooks, with
 * every attempt. A subject is a model, `model:<name>`, or a participant, `participant:<config>:<id>`.
 * Every method may fail with `store_unavailable`; `save` is then safe to call again after a `read`.
 */
export interface MonitorStore {
  read(subject: string): Promise<StoredMonitor | null>;
  /** Every subject, by name. */
  all(): Promise<readonly StoredMonitor[]>;
  /**
   * The new state, its check and what is to be told: one durable transaction, all of it or nothing.
   * @throws Failure `ledger_conflict` when the revision is not `expect` (0: there is none yet); `fenced` when `fence` is
   * given and the lease of that name no longer carries its token.
   */
  save(update: MonitorUpdate): Promise<StoredMonitor>;
  /** Of one subject, newest first, at most `limit`. The newest thousand are kept. */
  checks(subject: string, limit: number): Promise<readonly MonitorCheck[]>;
}

export interface StoredMonitor {
  readonly subject: string;
  /** 1 and up by one with every save. */
  readonly revision: number;
  readonly at: number;
  readonly state: MonitorState;
}

export interface MonitorUpdate {
  readonly subject: string;
  readonly expect: number;
  readonly fence: Fence | null;
  readonly at: number;
  readonly state: MonitorState;
  readonly check: MonitorCheck | null;
  /** Ids that are there already stay as they are. */
  readonly deliveries: readonly NewDelivery[];
}

/**
 * What hooks are to be told, as `MonitorStore.save` and `add` put it there. An instant in the store says when a delivery is tried
 * next: no timer is in memory. Of those that are settled the newest thousand are kept.
 */
export interface DeliveryStore {
  /**
   * Takes those that are due, oldest first: each counts one attempt more and is not due again before `until`, so that of
   * several processes one tries, and a process that dies leaves it to the next. Atomic.
   */
  claim(request: { readonly now: number; readonly until: number; readonly limit: number }): Promise<readonly Delivery[]>;
  /** Says how attempt number `attempt` ended, which is remembered; does nothing when a later one was begun, or it is settled. */
  settle(id: string, attempt: number, result: DeliveryResult): Promise<void>;
  /** Newest first, at most `limit`; of one subject, or null: of all. */
  list(subject: string | null, limit: number): Promise<readonly Delivery[]>;
  /**
   * Puts a settled one back, due at `at`, as if it had never been tried; what came of earlier attempts is still remembered.
   * @throws Failure `not_found`; `conflict` while it is pending.
   */
  replay(id: string, at: number): Promise<Delivery>;
  /** What is remembered of what was told, by name; texts that only their writer understands. */
  marks(): Promise<ReadonlyMap<string, string>>;
  /**
   * Moves a mark and adds what is to be told, or one of both: one durable transaction. Ids that are there stay as they are.
   * @throws Failure `ledger_conflict` when the mark is not `expect` (null: there is none).
   */
  add(request: NewDeliveries): Promise<void>;
}

export interface NewDeliveries {
  readonly subject: string;
  readonly at: number;
  readonly deliveries: readonly NewDelivery[];
  readonly mark: { readonly name: string; readonly expect: string | null; readonly value: string } | null;
}

export interface NewDelivery {
  readonly id: string;
  /** The hook's name in the configuration. Its address is a secret, and not kept here. */
  readonly hook: string;
  readonly event: HookEvent;
}

export interface Delivery extends NewDelivery {
  readonly subject: string;
  readonly createdAt: number;
  readonly status: "pending" | "delivered" | "failed";
  readonly attempts: number;
  /** When it is tried next; null once it is settled. */
  readonly nextAt: number | null;
  /** What the last attempt came to, without addresses; null before the first. */
  readonly detail: string | null;
  /** When it was settled. */
  readonly settledAt: number | null;
  /** What came of each attempt, oldest first; those whose process died are missing. The newest of them are kept. */
  readonly tries: readonly DeliveryTry[];
}

export interface DeliveryTry {
  /** Which attempt it was: 1 and up; from 1 again after a replay. */
  readonly attempt: number;
  /** When its answer was there. */
  readonly at: number;
  readonly tookMs: number;
  readonly kind: DeliveryResult["kind"];
  readonly detail: string;
}

export type DeliveryResult = { readonly at: number; readonly tookMs: number; readonly detail: string } & ({ readonly kind: "delivered" | "failed" } | { readonly kind: "retry"; readonly nextAt: number });

/** Of one delivery: more than it is ever tried without being replayed. */
export const TRIES_KEPT_MAX = 32;

/** So many checks of a subject are kept, and so many settled deliveries of all. */
export const MONITOR_KEPT_MAX = 1000;
