import { invalid } from "./problem.ts";

type Kind = "text" | "integer" | "number" | "boolean" | "texts" | "objects";
/** "text!" must be there and not empty. */
type Rule = Kind | `${Kind}!`;
export type Rules = Readonly<Record<string, Rule>>;
export type Fields = Readonly<Record<string, unknown>>;

type Plain<R extends Rule> = R extends "text" | "text!" ? string
  : R extends "integer" | "integer!" | "number" | "number!" ? number
  : R extends "boolean" | "boolean!" ? boolean
  : R extends "texts" | "texts!" ? readonly string[]
  : readonly Fields[];

/** What a handler gets: required fields are there, optional ones may be undefined. Unknown fields are dropped. */
export type Input<R extends Rules> = { readonly [K in keyof R]: R[K] extends `${string}!` ? Plain<R[K]> : Plain<R[K]> | undefined };

/** Checks the fields in the order of the rules, so that the first complaint is MLflow's first complaint. */
export function readFields<R extends Rules>(rules: R, source: Fields): Input<R> {
  const result: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const required = rule.endsWith("!");
    const kind = (required ? rule.slice(0, -1) : rule) as Kind;
    const raw = source[name] ?? (name === "run_id" ? source["run_uuid"] : undefined);
    if (raw === undefined || raw === null || raw === "") {
      if (required) throw missing(name);
      if (raw === "" && kind === "text") result[name] = "";
      continue;
    }
    const value = READERS[kind](raw);
    if (value === undefined) throw wrongType(name, raw);
    result[name] = value;
  }
  return result as Input<R>;
}

export function missing(name: string): Error {
  return invalid(`Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`);
}

export function wrongType(name: string, value: unknown): Error {
  return invalid(
    `Invalid value ${JSON.stringify(value)} for parameter '${name}' supplied:  Hint: Value was of type '${pythonType(value)}'. ` +
      "See the API docs for more information about request parameters.",
  );
}

const READERS: Readonly<Record<Kind, (value: unknown) => unknown>> = {
  text: (value) => (typeof value === "string" ? value : undefined),
  integer: readInteger,
  number: readNumber,
  boolean: (value) => (typeof value === "boolean" ? value : value === "true" ? true : value === "false" ? false : undefined),
  texts: (value) => (Array.isArray(value) && value.every((one) => typeof one === "string") ? value : undefined),
  objects: (value) => (Array.isArray(value) && value.every(isObject) ? value : undefined),
};

/** 64-bit integers come as numbers or as text; those beyond 2⁵³ would lose digits and are refused. */
export function readInteger(value: unknown): number | undefined {
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

/** JSON has no NaN and no infinity; protocol buffers write them as text. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  if (value === "NaN") return Number.NaN;
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : undefined;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Clients know these words from MLflow's own hints. */
function pythonType(value: unknown): string {
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return Array.isArray(value) ? "list" : "dict";
}
