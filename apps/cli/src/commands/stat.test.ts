import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const BIN = join(import.meta.dirname, "../../bin/gauntlet.mjs");

function gauntlet(args: readonly string[], input = ""): { readonly code: number | null; readonly lines: readonly string[]; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { input, encoding: "utf8", maxBuffer: 2 ** 26 });
  return { code: status, lines: stdout.split("\n").filter((line) => line !== ""), err: stderr };
}

test("one result a line, in order; a wrong line says why and does not end the others", () => {
  const { code, lines, err } = gauntlet(["stat", "mcnemar", "--json"], '{"b":1,"c":7}\n{"b":1,"cc":7}\n\nnonsense\n{"b":15,"c":19}');
  expect(code).toBe(1);
  expect(lines.length).toBe(4);
  expect(JSON.parse(lines[0] as string).exact).toBeCloseTo(0.0703125, 12);
  expect(JSON.parse(lines[1] as string)).toEqual({ error: { code: "invalid_input", message: "cc is not known", fix: 'did you mean "c"?' }, line: 2 });
  expect(JSON.parse(lines[2] as string)).toMatchObject({ error: { code: "invalid_input" }, line: 4 });
  expect(JSON.parse(lines[3] as string).exact).toBeCloseTo(0.607591, 6);
  expect(err).toContain("2 of 5 lines");
});

test("all lines sound: 0; many lines come out as many", () => {
  const inputs = Array.from({ length: 3001 }, (_, i) => JSON.stringify({ b: i, c: 5 })).join("\n");
  const { code, lines } = gauntlet(["stat", "mcnemar"], inputs);
  expect([code, lines.length]).toEqual([0, 3001]);
  expect(lines.map((line) => JSON.parse(line).b)).toEqual(Array.from({ length: 3001 }, (_, i) => i));
});

test("one input without standard input; a seeded bootstrap gives the same bytes", () => {
  const one = gauntlet(["stat", "wilson", "--input", '{"proportion":{"hits":7,"of":34}}']);
  expect([one.code, Object.keys(JSON.parse(one.lines[0] as string))]).toEqual([0, ["low", "high"]]);
  const args = ["stat", "paired-bootstrap", "--input", '{"x":[1,2,3,5],"y":[2,2,4,4],"seed":7,"resamples":500}'];
  expect(gauntlet(args).lines).toEqual(gauntlet(args).lines);
  const wrong = gauntlet(["stat", "wilson", "--input", '{"proportion":{"hits":70,"of":34}}']);
  expect([wrong.code, wrong.lines, /70 hits of 34/.test(wrong.err)]).toEqual([1, [], true]);
});

test("the list names every statistic with its promise; an unknown name gets the nearest", () => {
  const { code, lines } = gauntlet(["stat", "--list", "--json"]);
  expect(code).toBe(0);
  expect(lines.map((line) => JSON.parse(line)).find(({ name }) => name === "fisher")).toMatchObject({ guarantee: "exact", source: "Fisher 1934" });
  expect(gauntlet(["stat", "welch", "--list"]).lines.join("\n")).toContain("second: {values} or");
  expect(gauntlet(["stat", "fischer"]).err).toContain('did you mean "fisher"?');
  expect(gauntlet(["stat"]).code).toBe(1);
});
