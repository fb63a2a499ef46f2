import { Failure } from "@gauntlet/core";

/** An object of an answer, and the path to it, so that a complaint can say what was missing where. */
export interface Part {
  readonly value: Readonly<Record<string, unknown>>;
  readonly path: string;
}

/** @throws Failure `registry_refused` naming what was expected. */
export function asPart(value: unknown, path: string): Part {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(path, "an object", value);
  return { value: value as Readonly<Record<string, unknown>>, path };
}

export function partOf(part: Part, name: string): Part {
  return asPart(part.value[name], `${part.path}.${name}`);
}

/** An empty list is left out of MLflow's answers. */
export function partsOf(part: Part, name: string): readonly Part[] {
  const list = part.value[name] ?? [];
  if (!Array.isArray(list)) throw wrong(`${part.path}.${name}`, "a list", list);
  return list.map((one, index) => asPart(one, `${part.path}.${name}[${index}]`));
}

export function textOf(part: Part, name: string): string {
  const value = part.value[name];
  if (typeof value !== "string" || value === "") throw wrong(`${part.path}.${name}`, "text", value);
  return value;
}

/** Text that may be missing or empty: null then. */
export function optionalText(part: Part, name: string): string | null {
  const value = part.value[name] ?? "";
  if (typeof value !== "string") throw wrong(`${part.path}.${name}`, "text", value);
  return value === "" ? null : value;
}

/** Some servers write 64-bit integers as text. */
export function integerOf(part: Part, name: string): number {
  const value = part.value[name];
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number)) throw wrong(`${part.path}.${name}`, "an integer", value);
  return number;
}

/** `[{key, value}]` as a record without prototype, so that no tag can be called `__proto__`. */
export function pairsOf(part: Part, name: string, names = { key: "key", value: "value" }): Readonly<Record<string, string>> {
  const result: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of partsOf(part, name)) result[textOf(pair, names.key)] = optionalText(pair, names.value) ?? "";
  return result;
}

function wrong(path: string, expected: string, value: unknown): Failure {
  const found = value === undefined ? "nothing" : (JSON.stringify(value)?.slice(0, 80) ?? typeof value);
  return new Failure("registry_refused", `The registry's answer has ${found} at ${path}, where ${expected} was expected.`, {
    fix: "Check that the address is that of an MLflow server, version 2.9 or newer.",
  });
}
