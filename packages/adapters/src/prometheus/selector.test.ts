import { Failure } from "@gauntlet/core";
import fc from "fast-check";
import { expect, test } from "vitest";

import { parseSelector } from "./selector.ts";

const VALUES = { model: "m", version: "7", slot: "challenger", epoch: "3" };

test("placeholders inside quotes become text, whatever is in them", () => {
  const selector = parseSelector(`wins_total{model="{model}",alias='{slot}',version=~"v{version}"}`);
  expect(selector.withValues(VALUES)).toBe(`wins_total{model="m",alias='challenger',version=~"v7"}`);
  expect(selector.withValues({ ...VALUES, model: 'a"} or up{x="', slot: "it's", version: "1.2|.*" })).toBe(String.raw`wins_total{model="a\"} or up{x=\"",alias='it\'s',version=~"v1\\.2\\|\\.\\*"}`);
  expect(selector.byEpoch).toBe(false);
  expect(parseSelector('x{epoch="{epoch}",slot="{slot}"}').byEpoch).toBe(true);
});

test("no value ends its quotes: read as PromQL reads it, it is the value again", () => {
  const selector = parseSelector('x{slot="{slot}",version=~"{version}"}');
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), (value) => {
      const text = selector.withValues({ ...VALUES, slot: value, version: value });
      const [, slot, version] = /^x\{slot="((?:[^"\\\n]|\\.)*)",version=~"((?:[^"\\\n]|\\.)*)"\}$/s.exec(text) ?? [];
      expect(unescaped(slot ?? "")).toBe(value);
      expect(new RegExp(`^${unescaped(version ?? "")}$`).test(value)).toBe(true);
    }),
  );
});

function unescaped(text: string): string {
  return text.replaceAll(/\\(x[0-9a-f]{2}|.)/gs, (_, sequence: string) => (sequence.startsWith("x") ? String.fromCodePoint(Number.parseInt(sequence.slice(1), 16)) : sequence));
}

test.each([
  ["rate(x{slot=\"{slot}\"}[5m])", "expression"],
  ['sum by (slot) (x{slot="{slot}"})', "expression"],
  ['x{slot="{slot}"} offset 5m', "expression"],
  ['x{slot="{slot}"}[5m]', "expression"],
  ["x{slot={slot}}", "outside quotes"],
  ["x{slot=`{slot}`}", "backquotes"],
  ['x{slot="{slto}"}', "{slto} is no placeholder"],
  ['x{model="{model}"}', "neither for {version} nor for {slot}"],
  ['x{slot="{slot}}', "not closed"],
])("%s is refused", (text, why) => {
  expect(() => parseSelector(text)).toThrow(Failure);
  expect(() => parseSelector(text)).toThrow(why);
});

test("a number of repetitions in a pattern is no placeholder, and the nearest name is offered", () => {
  expect(parseSelector('x{slot="{slot}",zone=~"a{2}"}').withValues(VALUES)).toBe('x{slot="challenger",zone=~"a{2}"}');
  expect(() => parseSelector('x{slot="{slott}"}')).toThrow(expect.objectContaining({ fix: expect.stringContaining("{slot}") }));
});
