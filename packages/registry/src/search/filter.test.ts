import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conditionOf } from "./condition.ts";
import { parseFilter } from "./filter.ts";
import { orderByColumns, parseOrder } from "./order.ts";
import { cutPage, offsetOf, pageToken } from "./page.ts";

const text = (value: string) => ({ kind: "text", text: value });

test.each([
  ["", []],
  ["   ", []],
  ["name = 'x'", [{ entity: "attribute", key: "name", comparator: "=", value: text("x") }]],
  ["name='it''s'", [{ entity: "attribute", key: "name", comparator: "=", value: text("it's") }]],
  [`name = "x"`, [{ entity: "attribute", key: "name", comparator: "=", value: text("x") }]],
  ["attributes.run_id != 'a' and metrics.f1 >= -0.5e1", [
    { entity: "attribute", key: "run_id", comparator: "!=", value: text("a") },
    { entity: "metric", key: "f1", comparator: ">=", value: { kind: "number", number: -5 } },
  ]],
  ["tags.`a b.c` LIKE '%x%'", [{ entity: "tag", key: "a b.c", comparator: "LIKE", value: text("%x%") }]],
  [`params."p q" ilike 'X'`, [{ entity: "param", key: "p q", comparator: "ILIKE", value: text("X") }]],
  ["tags.mlflow.source.name = 'x'", [{ entity: "tag", key: "mlflow.source.name", comparator: "=", value: text("x") }]],
  ["run_id IN ('a', 'b') AND status NOT IN ('c')", [
    { entity: "attribute", key: "run_id", comparator: "IN", value: { kind: "list", texts: ["a", "b"] } },
    { entity: "attribute", key: "status", comparator: "NOT IN", value: { kind: "list", texts: ["c"] } },
  ]],
  ["tags.x IS NOT NULL AND params.y IS NULL", [
    { entity: "tag", key: "x", comparator: "IS NOT NULL", value: { kind: "none" } },
    { entity: "param", key: "y", comparator: "IS NULL", value: { kind: "none" } },
  ]],
  ["name = 'a AND b' AND version_number <> 2", [
    { entity: "attribute", key: "name", comparator: "=", value: text("a AND b") },
    { entity: "attribute", key: "version_number", comparator: "!=", value: { kind: "number", number: 2 } },
  ]],
])("%s", (filter, comparisons) => {
  expect(parseFilter(filter)).toEqual(comparisons);
});

test.each([
  "name", "name =", "name = x", "= 'x'", "name = 'x' OR name = 'y'", "name = 'x' AND", "name = 'x' name = 'y'", "name = 'x'; DROP TABLE versions",
  "name = 'x", "name IN 'x'", "name IN ()", "name IN ('a' 'b')", "planets.mars = 'x'", "name = 'x' --", "(name = 'x')", "name ~ 'x'", "name = 1x",
])("%s is refused", (filter) => {
  expect(() => parseFilter(filter)).toThrow(/^Invalid filter/);
});

test("any text is either read or refused, never a crash", () => {
  const piece = fc.constantFrom("name", "'x'", "=", "AND", "(", ")", ",", "`", '"', "'", " ", "tags.", "1", "LIKE", "\\", "é");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
      try {
        parseFilter(pieces.join(" "));
      } catch (error) {
        expect((error as Error).message).toMatch(/^Invalid filter/);
      }
    }),
  );
});

describe("LIKE means what it means in MLflow", () => {
  const database = new DatabaseSync(":memory:");
  const like = (comparator: "LIKE" | "ILIKE", pattern: string, value: string): boolean => {
    const condition = conditionOf(
      { entity: "attribute", key: "name", comparator, value: { kind: "text", text: pattern } },
      { columns: { name: { sql: "value", kind: "text" } }, attached: {} },
    );
    return database.prepare(`SELECT ${condition.sql} AS yes FROM (SELECT ? AS value)`).get(...condition.values, value)?.["yes"] === 1;
  };
  test.each([
    ["LIKE", "sp%", "spam", true], ["LIKE", "sp%", "SPAM", false], ["ILIKE", "sp%", "SPAM", true], ["LIKE", "s_am", "spam", true],
    ["LIKE", "a*", "abc", false], ["LIKE", "a*", "a*", true], ["LIKE", "a?[b]", "a?[b]", true], ["LIKE", "a[bc]", "ab", false], ["LIKE", "%", "", true],
  ] as const)("%s %j on %j: %s", (comparator, pattern, value, expected) => {
    expect(like(comparator, pattern, value)).toBe(expected);
  });
});

test("an order is columns and directions, nothing else", () => {
  expect(parseOrder(["name", "metrics.`f 1` DESC", "`metrics.f 1` desc", "params.x asc"])).toEqual([
    { parts: ["name"], ascending: true },
    { parts: ["metrics", "f 1"], ascending: false },
    { parts: ["metrics", "f 1"], ascending: false },
    { parts: ["params", "x"], ascending: true },
  ]);
  expect(orderByColumns(["name DESC"], { name: "models.name" }, ["models.rowid ASC"])).toBe("models.name DESC, models.rowid ASC");
  for (const bad of ["name; DROP TABLE x", "name, other", "1", "colour", "name SIDEWAYS", "constructor"]) {
    expect(() => orderByColumns([bad], { name: "models.name" }, []), bad).toThrow(/Invalid order/);
  }
  expect(() => orderByColumns(["name ASC", "name DESC"], { name: "models.name" }, [])).toThrow(/duplicate/);
});

test("page tokens are MLflow's own, and others are refused", () => {
  expect(pageToken(2)).toBe("eyJvZmZzZXQiOiAyfQ==");
  expect(offsetOf("eyJvZmZzZXQiOiAyfQ==")).toBe(2);
  expect(offsetOf(undefined)).toBe(0);
  for (const bad of ["%%%", "e30=", Buffer.from('{"offset": -1}').toString("base64"), Buffer.from('{"offset": "1"}').toString("base64"), "null"]) {
    expect(() => offsetOf(bad), bad).toThrow(/Invalid page token/);
  }
  expect(cutPage([1, 2, 3], 2, 4)).toEqual({ rows: [1, 2], next: pageToken(6) });
  expect(cutPage([1, 2], 2, 4)).toEqual({ rows: [1, 2], next: undefined });
});
