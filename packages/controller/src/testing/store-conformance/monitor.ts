import { beginWatching, type MonitorCheck, type MonitorEvent, type MonitorState } from "@gauntlet/core";
import { expect } from "vitest";
import { MONITOR_KEPT_MAX, type MonitorUpdate, type NewDelivery } from "../../ports/monitor-store.ts";
import type { Store } from "../../ports/store.ts";
import { twoStores, type StoreCheck } from "./harness.ts";

const STATE: MonitorState = { ...beginWatching({ model: "chess", watched: "chess-1", from: "2", to: "1", since: 1_000 }, { responses: [900], history: [{ watched: "chess-0", from: "1", to: "0", at: 800, completedAt: 900, says: "worse" }] }), seen: { at: 2_000, evidence: 41 }, trend: [{ at: 2_000, isRegression: true, change: -40.25 }] };

const CHECK: MonitorCheck = {
  at: 2_000,
  watched: "chess-1",
  evidence: 41,
  samples: 41,
  figures: [{ id: "rating", metric: "elo", role: "trend", status: "regressed", value: 1459.75, baseline: 1500, change: -40.25, standardError: null, limit: -30, method: "points", guarantee: "point", says: "Its Elo is 1459.8." }],
  outcome: { kind: "checked", isRegression: true, consecutive: 1, atRisk: false },
};

const EVENT: MonitorEvent = { kind: "regression", model: "chess", watched: "chess-1", from: "2", to: "1", at: 2_000, mode: "rollback", says: "Ünïcode, \"quotes\"\nand lines", samples: 41, change: -40.25, share: null, response: null, withheld: null };

const delivery = (id: string, hook = "ops"): NewDelivery => ({ id, hook, event: EVENT });

function save(store: Store, change: Partial<MonitorUpdate> = {}) {
  return store.monitor.save({ subject: "model:chess", expect: 0, fence: null, at: 2_000, state: STATE, check: CHECK, deliveries: [], ...change });
}

const idsOf = (deliveries: readonly { readonly id: string }[]) => deliveries.map(({ id }) => id);

export const monitorChecks: Readonly<Record<string, StoreCheck>> = {
  "nothing is known at first": async ({ store }) => {
    expect(await store.monitor.read("model:chess")).toBeNull();
    expect(await store.monitor.all()).toEqual([]);
    expect(await store.monitor.checks("model:chess", 10)).toEqual([]);
  },
  "what was saved is there, and after a restart": async (harness) => {
    expect(await save(harness.store)).toEqual({ subject: "model:chess", revision: 1, at: 2_000, state: STATE });
    const store = await harness.reopen();
    expect(await store.monitor.read("model:chess")).toEqual({ subject: "model:chess", revision: 1, at: 2_000, state: STATE });
    expect(await store.monitor.checks("model:chess", 10)).toEqual([CHECK]);
    expect((await save(store, { expect: 1, at: 3_000 })).revision).toBe(2);
  },
  "a save that did not see the newest revision is refused, and changes nothing": async ({ store }) => {
    await save(store);
    for (const expected of [0, 2]) await expect(save(store, { expect: expected, state: { ...STATE, warned: true }, deliveries: [delivery("x")] })).rejects.toMatchObject({ code: "ledger_conflict" });
    expect((await store.monitor.read("model:chess"))?.state).toEqual(STATE);
    expect(await store.monitor.checks("model:chess", 10)).toHaveLength(1);
    expect(await store.deliveries.list(null, 10)).toEqual([]);
  },
  "a save under a lease that was lost is refused": async ({ store }) => {
    const ask = { name: "model:chess", ttlMs: 100 };
    const lease = await store.leases.acquire({ ...ask, holder: "a", now: 0 });
    await store.leases.acquire({ ...ask, holder: "b", now: 200 });
    await expect(save(store, { fence: { lease: "model:chess", token: lease?.token ?? 0 } })).rejects.toMatchObject({ code: "fenced" });
    expect(await store.monitor.read("model:chess")).toBeNull();
    await save(store, { fence: { lease: "model:chess", token: (lease?.token ?? 0) + 1 } });
  },
  "of concurrent saves one is taken": async (harness) => {
    const stores = await twoStores(harness);
    const results = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => save(stores[i % 2] as Store, { at: i, deliveries: [delivery(`d${i}`)] })));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await harness.store.deliveries.list(null, 10)).toHaveLength(1);
  },
  "subjects are apart, and listed by name": async ({ store }) => {
    await save(store, { subject: "model:b" });
    await save(store, { subject: "model:a", check: null });
    expect((await store.monitor.all()).map(({ subject }) => subject)).toEqual(["model:a", "model:b"]);
    expect(await store.monitor.checks("model:a", 10)).toEqual([]);
  },
  "checks come newest first, and the oldest are forgotten": async ({ store }) => {
    for (let i = 0; i < MONITOR_KEPT_MAX + 3; i++) await save(store, { expect: i, check: { ...CHECK, at: i } });
    expect((await store.monitor.checks("model:chess", 2)).map(({ at }) => at)).toEqual([MONITOR_KEPT_MAX + 2, MONITOR_KEPT_MAX + 1]);
    const all = await store.monitor.checks("model:chess", 2 * MONITOR_KEPT_MAX);
    expect([all.length, all.at(-1)?.at]).toEqual([MONITOR_KEPT_MAX, 3]);
  },
};

export const deliveryChecks: Readonly<Record<string, StoreCheck>> = {
  "what is to be told is saved with the state, once": async (harness) => {
    await save(harness.store, { deliveries: [delivery("a"), delivery("b", "other")] });
    await save(harness.store, { expect: 1, at: 9_000, deliveries: [delivery("a", "late")] });
    const store = await harness.reopen();
    const [b, a] = await store.deliveries.list(null, 10);
    expect(a).toEqual({ id: "a", hook: "ops", event: EVENT, subject: "model:chess", createdAt: 2_000, status: "pending", attempts: 0, nextAt: 2_000, detail: null, settledAt: null, tries: [] });
    expect(b?.hook).toBe("other");
  },
  "lists are of one subject or of all, newest first": async ({ store }) => {
    await save(store, { deliveries: [delivery("a")] });
    await save(store, { subject: "model:other", deliveries: [delivery("b"), delivery("c")] });
    expect(idsOf(await store.deliveries.list(null, 2))).toEqual(["c", "b"]);
    expect(idsOf(await store.deliveries.list("model:chess", 9))).toEqual(["a"]);
  },
  "those that are due are claimed, oldest first, and not again before the claim ends": async ({ store }) => {
    await save(store, { at: 2_000, deliveries: [delivery("a"), delivery("b")] });
    await save(store, { subject: "model:other", at: 1_500, deliveries: [delivery("c")] });
    expect(await store.deliveries.claim({ now: 1_499, until: 5_000, limit: 9 })).toEqual([]);
    const claimed = await store.deliveries.claim({ now: 2_000, until: 5_000, limit: 2 });
    expect(claimed.map(({ id, attempts, nextAt }) => [id, attempts, nextAt])).toEqual([["c", 1, 5_000], ["a", 1, 5_000]]);
    expect(idsOf(await store.deliveries.claim({ now: 4_999, until: 6_000, limit: 9 }))).toEqual(["b"]);
    const again = await store.deliveries.claim({ now: 5_000, until: 9_000, limit: 9 });
    expect(again.map(({ id, attempts }) => [id, attempts]).toSorted()).toEqual([["a", 2], ["c", 2]]);
  },
  "of concurrent claims each delivery goes to one": async (harness) => {
    const stores = await twoStores(harness);
    await save(harness.store, { deliveries: Array.from({ length: 12 }, (_, i) => delivery(`d${i}`)) });
    const claims = await Promise.all(Array.from({ length: 6 }, (_, i) => (stores[i % 2] as Store).deliveries.claim({ now: 3_000, until: 9_000, limit: 4 })));
    expect(new Set(claims.flat().map(({ id }) => id)).size).toBe(claims.flat().length);
    expect(claims.flat()).toHaveLength(12);
  },
  "what follows a mark is added with it, once, and after a restart": async (harness) => {
    const { deliveries } = harness.store;
    const add = (store: Store, expect: string | null, value: string, ids: readonly string[]) => store.deliveries.add({ subject: "ledger:chess", at: 4_000, deliveries: ids.map((id) => delivery(id)), mark: { name: "chain:chess", expect, value } });
    expect(await deliveries.marks()).toEqual(new Map());
    await add(harness.store, null, "one", ["a"]);
    for (const stale of [null, "two"]) await expect(add(harness.store, stale, "three", ["x"])).rejects.toMatchObject({ code: "ledger_conflict" });
    await harness.store.deliveries.add({ subject: "hook:ops", at: 4_500, deliveries: [delivery("a", "late"), delivery("b")], mark: null });
    const store = await harness.reopen();
    expect(await store.deliveries.marks()).toEqual(new Map([["chain:chess", "one"]]));
    expect((await store.deliveries.list(null, 9)).map(({ id, hook, subject, createdAt }) => [id, hook, subject, createdAt])).toEqual([["b", "ops", "hook:ops", 4_500], ["a", "ops", "ledger:chess", 4_000]]);
    await add(store, "one", "two", []);
    expect(await store.deliveries.marks()).toEqual(new Map([["chain:chess", "two"]]));
  },
  "of concurrent moves of a mark one is taken": async (harness) => {
    const stores = await twoStores(harness);
    const moves = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => (stores[i % 2] as Store).deliveries.add({ subject: "ledger:chess", at: 1, deliveries: [delivery(`d${i}`)], mark: { name: "chain:chess", expect: null, value: String(i) } })));
    expect(moves.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await harness.store.deliveries.list(null, 10)).toHaveLength(1);
  },
  "one that is settled can be told again, as if it had never been; one that is pending can't": async ({ store }) => {
    await save(store, { deliveries: [delivery("a")] });
    const { deliveries } = store;
    await expect(deliveries.replay("a", 9_000)).rejects.toMatchObject({ code: "conflict" });
    await expect(deliveries.replay("nobody", 9_000)).rejects.toMatchObject({ code: "not_found" });
    await deliveries.claim({ now: 2_000, until: 3_000, limit: 9 });
    await deliveries.settle("a", 1, { kind: "failed", at: 2_500, tookMs: 40, detail: "answered 410" });
    const again = { id: "a", status: "pending", attempts: 0, nextAt: 9_000, detail: null, settledAt: null, createdAt: 2_000, tries: [{ attempt: 1, at: 2_500, tookMs: 40, kind: "failed", detail: "answered 410" }] };
    expect(await deliveries.replay("a", 9_000)).toMatchObject(again);
    expect(await deliveries.list(null, 9)).toMatchObject([again]);
    expect(await deliveries.claim({ now: 9_000, until: 9_999, limit: 9 })).toMatchObject([{ id: "a", attempts: 1 }]);
  },
  "an attempt ends in a retry, or settles it for good": async ({ store }) => {
    await save(store, { deliveries: [delivery("a"), delivery("b")] });
    const { deliveries } = store;
    await deliveries.claim({ now: 2_000, until: 3_000, limit: 9 });
    await deliveries.settle("a", 1, { kind: "retry", at: 2_400, tookMs: 400, nextAt: 10_000, detail: "503" });
    await deliveries.settle("b", 1, { kind: "failed", at: 2_500, tookMs: 1, detail: "it redirects" });
    expect((await deliveries.list(null, 9)).map(({ status, nextAt, detail, settledAt }) => [status, nextAt, detail, settledAt])).toEqual([
      ["failed", null, "it redirects", 2_500],
      ["pending", 10_000, "503", null],
    ]);
    expect(await deliveries.claim({ now: 9_999, until: 20_000, limit: 9 })).toEqual([]);
    expect(await deliveries.claim({ now: 10_000, until: 20_000, limit: 9 })).toHaveLength(1);
    // The answer to the first attempt comes after the second was begun.
    await deliveries.settle("a", 1, { kind: "failed", at: 10_001, tookMs: 1, detail: "late" });
    await deliveries.settle("a", 2, { kind: "delivered", at: 10_002, tookMs: 2, detail: "204" });
    await deliveries.settle("a", 2, { kind: "retry", at: 1, tookMs: 1, nextAt: 1, detail: "later still" });
    await deliveries.settle("nobody", 1, { kind: "delivered", at: 1, tookMs: 0, detail: "" });
    expect((await deliveries.list(null, 9))[1]).toMatchObject({ status: "delivered", attempts: 2, nextAt: null, detail: "204", settledAt: 10_002, tries: [{ attempt: 1, at: 2_400, tookMs: 400, kind: "retry", detail: "503" }, { attempt: 2, at: 10_002, tookMs: 2, kind: "delivered", detail: "204" }] });
  },
};
