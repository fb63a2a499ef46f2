import { expect, test } from "vitest";

import { sharedReads } from "./shared-reads.ts";

/** A reading that ends when it is told to, and gives what is there when it begins. */
function store() {
  const state = { value: 0, begun: 0 };
  const endings: (() => void)[] = [];
  const read = sharedReads(async () => {
    state.begun += 1;
    const { value } = state;
    await new Promise<void>((resolve) => void endings.push(resolve));
    if (value < 0) throw new Error("out");
    return value;
  });
  const end = async () => {
    endings.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { state, read, end };
}

test("who asks while a reading is under way is given one that began afterwards, and shares it", async () => {
  const { state, read, end } = store();
  const first = read("a");
  state.value = 1;
  const later = [read("a"), read("a"), read("a")];
  state.value = 2;
  await end();
  expect(await first).toBe(0);
  const last = read("a");
  await end();
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
  await end();
  expect(await last).toBe(2);
  expect(state.begun).toBe(3);
});

test("one that fails fails those who share it, and nobody else", async () => {
  const { state, read, end } = store();
  state.value = -1;
  const failing = read("a");
  const waiting = read("a");
  state.value = 5;
  await Promise.all([expect(failing).rejects.toThrow("out"), end()]);
  await end();
  expect(await waiting).toBe(5);
  const other = read("b");
  await end();
  expect(await other).toBe(5);
});
