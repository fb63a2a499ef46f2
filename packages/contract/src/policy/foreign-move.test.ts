import { Failure, type Policy } from "@gauntlet/core";
import { expect, test } from "vitest";

import { parsePolicy } from "./parse-policy.ts";

const RATING = "kind: rating\nname: ladder\nmodel: m\npromotion: production\nboard: square8\nplayers: 2\n";
const ABTEST = "kind: abtest\nname: n\nmodel: m\nsplit: { champion: 80%, challenger: 20% }\nwindow: { min: 1d, max: 2d }\nlabels: { maturity: 1h }\nminSamples: 10\nchecks: [{ check: rate, metric: error }]\n";

const parsed = (text: string): Policy => parsePolicy(text, "policy.yaml");

test.each([["abtest", ABTEST], ["rating", RATING]])("%s: aliases are set back where it says so, and hold is what it was before there was a word for it", (_, text) => {
  expect(parsed(`${text}onForeignMove: revert\n`).onForeignMove).toBe("revert");
  for (const left of ["", "onForeignMove: hold\n"]) expect("onForeignMove" in parsed(text + left)).toBe(false);
  expect(() => parsed(`${text}onForeignMove: fight\n`)).toThrow(Failure);
});

test("who may not set aliases can't set them back", () => {
  expect(() => parsed(`${ABTEST}onForeignMove: revert\neffects: [traffic]\n`)).toThrow("registry.alias is not among the effects");
});
