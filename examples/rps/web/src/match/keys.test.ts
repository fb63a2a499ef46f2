import { expect, test } from "vitest";

import { moveOfKey } from "./keys.ts";

const KEY = { key: "r", repeat: false, ctrlKey: false, metaKey: false, altKey: false, target: null };
const field = Object.assign(new EventTarget(), { tagName: "INPUT" });

test("letters and digits stand for moves, but not with another key, held down, or in a field", () => {
  expect(["r", "P", "s", "1", "2", "3", "x"].map((key) => moveOfKey({ ...KEY, key }))).toEqual(["rock", "paper", "scissors", "rock", "paper", "scissors", null]);
  for (const some of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { repeat: true }, { target: field }]) expect(moveOfKey({ ...KEY, ...some })).toBeNull();
  expect(moveOfKey({ ...KEY, target: Object.assign(new EventTarget(), { tagName: "INPUT", type: "checkbox" }) })).toBe("rock");
});
