import { Failure } from "@gauntlet/core";

import type { RouteContext } from "../routes/operation.ts";

interface NumberRule {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

/** A whole number of the query. @throws Failure `invalid_input` for anything else, or one out of bounds. */
export function wholeNumber(c: RouteContext, name: string, rule: NumberRule): number {
  const text = c.req.query(name);
  if (text === undefined) return rule.fallback;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= rule.min && value <= rule.max) return value;
  throw new Failure("invalid_input", `the query's ${name} is "${text.slice(0, 40)}"; a whole number from ${rule.min} to ${rule.max} was expected`, { fix: `leave ${name} out, or give such a number` });
}

/** One of these words; null when the query has none. @throws Failure `invalid_input` for another. */
export function oneOf<W extends string>(c: RouteContext, name: string, words: readonly W[]): W | null {
  const text = c.req.query(name);
  if (text === undefined) return null;
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  throw new Failure("invalid_input", `the query's ${name} is "${text.slice(0, 40)}"; one of ${words.join(", ")} was expected`, { fix: `leave ${name} out, or give one of these` });
}
