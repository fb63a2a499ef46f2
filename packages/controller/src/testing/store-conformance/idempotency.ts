import { expect } from "vitest";
import type { Store } from "../../ports/store.ts";
import { twoStores } from "./harness.ts";
import type { StoreCheck } from "./harness.ts";

const call = { key: "POST /v1/… 🔑", digest: "d1", now: 10_000, staleMs: 1_000 };
const answer = { status: 201, body: '{"ok":"✓"}' };

export const idempotencyChecks: Readonly<Record<string, StoreCheck>> = {
  "a new key is new once, then in flight, then done": async ({ store }) => {
    expect(await store.idempotency.begin(call)).toEqual({ kind: "new" });
    expect(await store.idempotency.begin(call)).toEqual({ kind: "in_flight" });
    await store.idempotency.finish(call.key, answer);
    expect(await store.idempotency.begin(call)).toEqual({ kind: "done", ...answer });
    expect(await store.idempotency.begin({ ...call, now: 1e12 })).toEqual({ kind: "done", ...answer });
  },
  "a key used with another payload is a mismatch, in flight or done": async ({ store }) => {
    await store.idempotency.begin(call);
    expect(await store.idempotency.begin({ ...call, digest: "d2" })).toEqual({ kind: "mismatch" });
    await store.idempotency.finish(call.key, answer);
    expect(await store.idempotency.begin({ ...call, digest: "d2" })).toEqual({ kind: "mismatch" });
    expect(await store.idempotency.begin(call)).toEqual({ kind: "done", ...answer });
  },
  "an entry that was begun long ago and never finished counts as new": async ({ store }) => {
    await store.idempotency.begin(call);
    expect(await store.idempotency.begin({ ...call, now: 11_000 })).toEqual({ kind: "in_flight" });
    expect(await store.idempotency.begin({ ...call, now: 11_001, digest: "d2" })).toEqual({ kind: "new" });
    expect(await store.idempotency.begin({ ...call, now: 11_002, digest: "d2" })).toEqual({ kind: "in_flight" });
    expect(await store.idempotency.begin({ ...call, now: 11_002 })).toEqual({ kind: "mismatch" });
  },
  "an abandoned key is new again; a finished one is kept": async ({ store }) => {
    await store.idempotency.begin(call);
    await store.idempotency.abandon(call.key);
    await store.idempotency.abandon(call.key);
    expect(await store.idempotency.begin({ ...call, digest: "d2" })).toEqual({ kind: "new" });
    await store.idempotency.finish(call.key, answer);
    await store.idempotency.abandon(call.key);
    expect(await store.idempotency.begin({ ...call, digest: "d2" })).toEqual({ kind: "done", ...answer });
  },
  "the first answer stays; an unknown key can't be finished": async ({ store }) => {
    await expect(store.idempotency.finish(call.key, answer)).rejects.toMatchObject({ code: "not_found" });
    await store.idempotency.begin(call);
    await store.idempotency.finish(call.key, answer);
    await store.idempotency.finish(call.key, { status: 500, body: "" });
    expect(await store.idempotency.begin(call)).toEqual({ kind: "done", ...answer });
  },
  "old keys are forgotten, finished or not, the others stay": async ({ store: { idempotency } }) => {
    for (const [key, now] of [["a", 99], ["b", 99], ["c", 100]] as const) await idempotency.begin({ ...call, key, now });
    await idempotency.finish("a", answer);
    await idempotency.finish("c", answer);
    expect(await idempotency.forget(100)).toBe(2);
    expect(await idempotency.forget(100)).toBe(0);
    expect(await idempotency.begin({ ...call, key: "a", digest: "other" })).toEqual({ kind: "new" });
    expect(await idempotency.begin({ ...call, key: "c" })).toEqual({ kind: "done", ...answer });
  },
  "answers outlive a restart": async (harness) => {
    await harness.store.idempotency.begin(call);
    await harness.store.idempotency.finish(call.key, answer);
    expect(await (await harness.reopen()).idempotency.begin(call)).toEqual({ kind: "done", ...answer });
  },
  "of concurrent callers one gets new, the others in_flight": async (harness) => {
    const stores = await twoStores(harness);
    for (const key of ["k1", "k2"]) {
      for (const now of [10_000, 20_000]) {
        const states = await Promise.all(Array.from({ length: 10 }, (_, index) => (stores[index % 2] as Store).idempotency.begin({ ...call, key, now })));
        expect(states.map(({ kind }) => kind).toSorted()).toEqual([...Array.from({ length: 9 }, () => "in_flight"), "new"]);
      }
    }
  },
};
