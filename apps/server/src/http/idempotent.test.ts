import { openSqliteStore } from "@gauntlet/adapters";
import { Failure } from "@gauntlet/core";
import { expect, test } from "vitest";

import { newDataDir } from "../testing/test-server.ts";
import { once, requireKey } from "./idempotent.ts";

const call = { key: "k", scope: "s", payload: "p", now: 1_000_000 };

test("a key does its work once: under way 409, then the first answer, also for another process; a failed call may be repeated", async () => {
  const dataDir = newDataDir();
  let store = await openSqliteStore({ dataDir, mode: "exclusive", holder: "test" });
  let done = 0;
  const gate = Promise.withResolvers<void>();
  const first = once({ ...call, store: store.idempotency }, async () => {
    await gate.promise;
    done += 1;
    return { status: 200, body: "first" };
  });
  await expect(once({ ...call, store: store.idempotency }, async () => ({ status: 200, body: "second" }))).rejects.toMatchObject({ code: "in_flight", status: 409 });
  gate.resolve();
  expect(await first).toEqual({ status: 200, body: "first" });
  await store.close();

  store = await openSqliteStore({ dataDir, mode: "exclusive", holder: "test again" });
  const again = async () => {
    done += 1;
    return { status: 200, body: "again" };
  };
  expect(await once({ ...call, store: store.idempotency }, again)).toEqual({ status: 200, body: "first" });
  expect(done).toBe(1);
  await expect(once({ ...call, payload: "other", store: store.idempotency }, again)).rejects.toMatchObject({ code: "idempotency_mismatch", status: 422 });
  expect(await once({ ...call, scope: "somebody else", store: store.idempotency }, again)).toEqual({ status: 200, body: "again" });

  const failing = { ...call, key: "fails", store: store.idempotency };
  await expect(once(failing, () => Promise.reject(new Failure("conflict", "not now")))).rejects.toMatchObject({ code: "conflict" });
  expect(await once(failing, again)).toEqual({ status: 200, body: "again" });
  await store.close();
});

test.each([undefined, "", "a b", "x".repeat(201), "ü"])("%s is no key", (key) => {
  expect(() => requireKey(key)).toThrow(/Idempotency-Key/);
});
