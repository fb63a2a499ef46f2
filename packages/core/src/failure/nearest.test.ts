import { expect, test } from "vitest";

import { nearest } from "./nearest.ts";

const KNOWN = ["requestId", "at", "model", "version", "slot", "mode", "metrics"];

test.each([
  ["request_id", "requestId"],
  ["reqeustId", "requestId"],
  ["Model", "model"],
  ["modle", "model"],
  ["metric", "metrics"],
  ["versoin", "version"],
  ["solt", "slot"],
])("%s is taken for %s", (word, expected) => {
  expect(nearest(word, KNOWN)).toBe(expected);
});

test.each(["", "x", "temperature", "a".repeat(100_000)])("nothing is suggested for a word that is near none", (word) => {
  expect(nearest(word, KNOWN)).toBeNull();
});

test("an exchange of neighbours counts once, three steps are too many", () => {
  expect(nearest("ba-dc", ["ab-cd"])).toBe("ab-cd");
  expect(nearest("badcfe", ["abcdef"])).toBeNull();
});
