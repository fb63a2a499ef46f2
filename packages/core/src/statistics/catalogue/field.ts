import type { Json } from "../../digest/json.ts";
import { Failure } from "../../failure/failure.ts";
import { nearest } from "../../failure/nearest.ts";
import type { Hits } from "../input.ts";
import { type PairSums, pairSums } from "../ratio-metric.ts";
import { type Summary, summaryFromSums, summaryOf } from "../summary.ts";

export type JsonObject = { readonly [key: string]: Json };

/** One field of an input: what it is, and how it is read. `fallback` stands for it when it is left out. */
export interface Field<T> {
  readonly says: string;
  /** @throws Failure `invalid_input` that names `at`. */
  readonly read: (value: Json, at: string) => T;
  readonly fallback?: T;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What the fields of an input are read as. */
export type Read<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** An object with these fields and no others. */
export function readFields<F extends Fields>(fields: F, value: Json, at: string): Read<F> {
  const object = asObject(value, at);
  for (const name in object) {
    if (Object.hasOwn(fields, name)) continue;
    const near = nearest(name, Object.keys(fields));
    throw new Failure("invalid_input", `${path(at, name)} is not known`, { fix: near === null ? `the fields are ${Object.keys(fields).join(", ")}` : `did you mean "${near}"?` });
  }
  const read: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const given = object[name];
    if (given !== undefined) read[name] = field.read(given, path(at, name));
    else if ("fallback" in field) read[name] = field.fallback;
    else throw new Failure("invalid_input", `${path(at, name)} is missing`, { fix: `give it: ${field.says}` });
  }
  return read as Read<F>;
}

export function number(says: string, fallback?: number): Field<number> {
  const read = (value: Json, at: string): number => {
    if (typeof value !== "number" || !Number.isFinite(value)) throw wrong(at, value, "a finite number");
    // JSON knows −0, which is no other number here.
    return value + 0;
  };
  return fallback === undefined ? { says, read } : { says: `${says}; ${fallback} if left out`, read, fallback };
}

/** A whole number from 0 up. */
export function count(says: string, fallback?: number): Field<number> {
  const read = (value: Json, at: string): number => {
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(at, value, "a whole number from 0 up");
    return (value as number) + 0;
  };
  return fallback === undefined ? { says, read } : { says: `${says}; ${fallback} if left out`, read, fallback };
}

/** Of an interval. */
export function level(): Field<number> {
  return { ...number("level of the interval, between 0 and 1", 0.95), read: (value, at) => between(value, at) };
}

export function share(says: string): Field<number> {
  return { says, read: (value, at) => between(value, at) };
}

export function numbers(says: string): Field<readonly number[]> {
  const each = number("");
  return { says: `list: ${says}`, read: (value, at) => asList(value, at).map((item, i) => each.read(item, `${at}[${i}]`)) };
}

export function counts(says: string): Field<readonly number[]> {
  const each = count("");
  return { says: `list: ${says}`, read: (value, at) => asList(value, at).map((item, i) => each.read(item, `${at}[${i}]`)) };
}

export function table(says: string): Field<readonly (readonly number[])[]> {
  const row = counts("");
  return { says: `list of lists: ${says}`, read: (value, at) => asList(value, at).map((item, i) => row.read(item, `${at}[${i}]`)) };
}

export function choice<const T extends string>(says: string, known: readonly [T, ...T[]]): Field<T> {
  const read = (value: Json, at: string): T => {
    if (!(known as readonly Json[]).includes(value)) throw wrong(at, value, `one of ${known.join(", ")}`);
    return value as T;
  };
  return { says: `${says}: ${known.join(", ")}; ${known[0]} if left out`, read, fallback: known[0] };
}

/** {"hits": 5, "of": 83} */
export function hits(says: string): Field<Hits> {
  return { says: `{hits, of}: ${says}`, read: (value, at) => readFields({ hits: count("how many had it"), of: count("of how many") }, value, at) };
}

/** A sample, as its values, its sums or its mean and variance. */
export function sample(says: string): Field<Summary> {
  return {
    says: `{values} or {n, sum, squares} or {n, mean, variance}: ${says}`,
    read: (value, at) => {
      const object = asObject(value, at);
      if ("values" in object) return summaryOf(readFields({ values: numbers("the values") }, value, at).values);
      if ("squares" in object || "sum" in object) return summaryFromSums(readFields({ n: count("how many values"), sum: number("Σx"), squares: number("Σx²") }, value, at));
      return readFields({ n: count("how many values"), mean: number("their mean"), variance: number("of one value, divided by n − 1") }, value, at);
    },
  };
}

/** Units with two values each, as lists or as their five sums. */
export function pairs(says: string): Field<PairSums> {
  return {
    says: `{x: list, y: list} or {n, x, y, xx, xy, yy}, the sums Σx, Σy, Σx², Σxy, Σy²: ${says}`,
    read: (value, at) => {
      const object = asObject(value, at);
      if (Array.isArray(object["x"])) {
        const { x, y } = readFields({ x: numbers("of each unit"), y: numbers("of each unit") }, value, at);
        return pairSums(x, y);
      }
      return readFields({ n: count("units"), x: number("Σx"), y: number("Σy"), xx: number("Σx²"), xy: number("Σxy"), yy: number("Σy²") }, value, at);
    },
  };
}

function between(value: Json, at: string): number {
  if (typeof value !== "number" || !(value > 0 && value < 1)) throw wrong(at, value, "a number between 0 and 1");
  return value;
}

function asList(value: Json, at: string): readonly Json[] {
  if (!Array.isArray(value)) throw wrong(at, value, "a list");
  return value;
}

function asObject(value: Json, at: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(at === "" ? "the input" : at, value, "an object");
  return value as JsonObject;
}

function wrong(at: string, value: Json, wanted: string): Failure {
  const text = JSON.stringify(value);
  return new Failure("invalid_input", `${at} must be ${wanted}, not ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`, { fix: `give ${wanted}` });
}

function path(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}
