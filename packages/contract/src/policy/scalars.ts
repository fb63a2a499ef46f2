import { Failure, parseRational, type Rational } from "@gauntlet/core";
import { z } from "zod";

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `14d`, `72h`, `5m`, `30s`; becomes milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w)$/, 'a duration such as "14d", "72h", "5m" or "30s"')
  .transform((text) => {
    const [, amount, unit] = /^([\d.]+)\s*(\w+)$/.exec(text) as unknown as [string, string, string];
    return Math.round(Number(amount) * (DURATION_UNITS[unit] as number));
  })
  .meta({ title: "duration" });

/** `5%`, `1pp`, `0.05` or `1/20`; becomes an exact fraction, since floats lie at the edge. */
export const fraction = z
  .union([z.string(), z.number()])
  .transform((value, context): Rational => {
    try {
      return parseRational(value);
    } catch (error) {
      context.addIssue({ code: "custom", message: error instanceof Failure ? `${error.message}. ${error.fix ?? ""}`.trim() : String(error) });
      return z.NEVER;
    }
  })
  .meta({ title: "fraction" });

/** A fraction in [0, 1]. */
export const share = fraction.refine((value) => value.parts >= 0 && value.parts <= value.of, "a share between 0 % and 100 %").meta({ title: "share" });

/** A fraction strictly between 0 and 1, such as an alpha or a quantile; quantiles may be written `p95`. */
export const probability = z
  .preprocess((value) => (typeof value === "string" && /^p\d+(?:\.\d+)?$/.test(value) ? `${value.slice(1)}%` : value), fraction)
  .refine((value) => value.parts > 0 && value.parts < value.of, "a number strictly between 0 and 1")
  .meta({ title: "fraction, between 0 and 1" });

/** A share that is a whole number of basis points, since shares must sum exactly. */
export const basisPoints = share
  .refine((value) => (value.parts * 10_000) % value.of === 0, "a whole number of hundredths of a percent")
  .transform((value) => (value.parts * 10_000) / value.of)
  .meta({ title: "share, in hundredths of a percent" });

/** Names go into registry aliases, seeds and paths. */
export const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\w][\w .-]*$/, "letters, digits, '_', '-', '.' and spaces, beginning with a letter, a digit or '_'")
  .meta({ title: "name" });

/** Where evidence comes from beside outcomes. */
export const sources = z
  .array(name)
  .min(1)
  .refine((names) => new Set(names).size === names.length, "names a source twice")
  .describe("names of `sources` in gauntlet.yaml that give the metrics which outcomes don't carry");
