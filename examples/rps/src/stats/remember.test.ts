import { expect, test } from "vitest";

import { remember } from "./remember.ts";

function made() {
  const clock = { at: 0 };
  const remembered = remember(1000, () => clock.at);
  let asked = 0;
  const ask = (tookMs = 0) => remembered.answer("k", async () => {
    clock.at += tookMs;
    return (asked += 1);
  });
  return { clock, remembered, ask };
}

test("who asks meanwhile, and for a while after, gets the same answer", async () => {
  const { clock, remembered, ask } = made();
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  clock.at = 999;
  expect([await ask(), await remembered.answer("other", async () => 7)]).toEqual([1, 7]);
  clock.at = 1000;
  expect(await ask()).toBe(2);
});

test("what took long is remembered for longer", async () => {
  const { clock, ask } = made();
  expect(await ask(300)).toBe(1);
  clock.at = 300 + 20 * 300 - 1;
  expect(await ask()).toBe(1);
  clock.at += 1;
  expect(await ask()).toBe(2);
});

test("what failed is asked again", async () => {
  const { remembered } = made();
  await expect(remembered.answer("k", () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(await remembered.answer("k", async () => 3)).toBe(3);
});
