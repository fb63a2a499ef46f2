import { Failure } from "../failure/failure.ts";

/** Throws `invalid_input` unless every named value is a whole number from 0 up. */
export function requireCounts(counts: Readonly<Record<string, number>>): void {
  for (const name in counts) {
    const value = counts[name] as number;
    if (!Number.isSafeInteger(value) || value < 0) throw new Failure("invalid_input", `${name} must be a whole number from 0 up, not ${value}`, { fix: "give counts, not shares" });
  }
}

/** The same for a list; `name` with the place in it is what an error names. */
export function requireCountList(name: string, counts: readonly number[]): void {
  for (let i = 0; i < counts.length; i++) {
    const value = counts[i] as number;
    if (!Number.isSafeInteger(value) || value < 0) requireCounts({ [`${name} ${i}`]: value });
  }
}

/** Throws `invalid_input` unless 0 ≤ hits ≤ of and of > 0, in whole numbers. */
export function requireHits(name: string, { hits, of }: Hits): void {
  if (!Number.isSafeInteger(hits) || !Number.isSafeInteger(of) || hits < 0 || of < 1 || hits > of) throw new Failure("invalid_input", `${name} has ${hits} hits of ${of}`, { fix: "give whole numbers: at least one trial, and no more hits than trials" });
}

/** Throws `invalid_input` unless 0 < value < 1. */
export function requireInside(name: string, value: number): void {
  if (!(value > 0 && value < 1)) throw new Failure("invalid_input", `${name} must lie between 0 and 1, not at ${value}`, { fix: "give a share, such as 0.95" });
}

/** Throws `invalid_input` unless 0 ≤ value ≤ 1. */
export function requireShare(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new Failure("invalid_input", `${name} must be from 0 to 1, not ${value}`, { fix: "give a share" });
}

/** Throws `invalid_input` for NaN, and for what is below `least`. */
export function requireAtLeast(name: string, value: number, least: number): void {
  if (!(value >= least)) throw new Failure("invalid_input", `${name} must be at least ${least}, not ${value}`, { fix: "check where the value comes from" });
}

/** `hits` of `of` independent trials. */
export interface Hits {
  readonly hits: number;
  readonly of: number;
}

/** Throws `invalid_input` for a sample without values, or with one that is not finite. */
export function requireSample(name: string, values: readonly number[]): void {
  if (values.length === 0) throw new Failure("invalid_input", `${name} is empty`, { fix: "give at least one value" });
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value)) throw new Failure("invalid_input", `value ${i} of ${name} is ${value}`, { fix: "leave out values that are not finite" });
  }
}
