import { Failure } from "@gauntlet/core";
import { expect, test } from "vitest";

import type { ObjectPlace } from "./kube-object.ts";
import { patientKubeClient } from "./patient-client.ts";

const PLACE: ObjectPlace = { resource: { group: "g", version: "v1", plural: "things", kind: "Thing" }, namespace: "models", name: "fraud" };
const away = (): Failure => new Failure("traffic_unavailable", "reset");

/** A server of which each call takes `takesMs`, and fails as `failures` say, in turn. */
function stage(failures: readonly Failure[], takesMs = 10) {
  const seen = { now: 0, calls: 0, pauses: [] as number[] };
  const answer = async <T>(value: T): Promise<T> => {
    seen.now += takesMs;
    const failure = failures[seen.calls];
    seen.calls += 1;
    if (failure !== undefined) throw failure;
    return value;
  };
  const client = { get: () => answer(null), apply: () => answer("conflict" as const), may: () => answer({ allowed: true, reason: null }), close: () => undefined };
  const patience = {
    withinMs: 1000,
    stopwatch: () => seen.now,
    random: () => 0.5,
    sleep: async (ms: number) => {
      seen.pauses.push(ms);
      seen.now += ms;
    },
  };
  return { seen, client: patientKubeClient(client, patience) };
}

test("a connection that breaks is no reason to wait for a tick", async () => {
  const { seen, client } = stage([away(), away()]);
  expect(await client.get(PLACE)).toBeNull();
  expect([seen.calls, seen.pauses]).toEqual([3, [37.5, 75]]);
});

test("a write that was done, and whose answer was lost, comes back as a conflict", async () => {
  const { seen, client } = stage([away()]);
  expect(await client.apply(PLACE, {})).toBe("conflict");
  expect(seen.calls).toBe(2);
});

test.each([
  ["it fails again and again", [away(), away(), away(), away(), away()], 10, 4],
  ["it takes as long as it may", [away(), away()], 1000, 1],
  ["the server says no", [new Failure("traffic_refused", "403")], 10, 1],
])("%s: the caller is told", async (_, failures, takesMs, calls) => {
  const { seen, client } = stage(failures, takesMs);
  await expect(client.get(PLACE)).rejects.toBe(failures[calls - 1]);
  expect(seen.calls).toBe(calls);
});
