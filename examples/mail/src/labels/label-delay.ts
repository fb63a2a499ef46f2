import { randomSource } from "../random/random-source.ts";

const HOUR_MS = 3_600_000;

/**
 * How long people take to say what a mail was, in simulated time: log-normal, half within 12 hours, 95 % within three
 * days, and one mail in a hundred is never looked at.
 */
export const LABEL_DELAY = { medianMs: 12 * HOUR_MS, p95Ms: 72 * HOUR_MS, neverShare: 0.01 } as const;

/** The standard normal quantile of .95. */
const Z95 = 1.6448536269514722;

/**
 * When the truth about a mail that arrived `at` becomes known, whole milliseconds since the Unix epoch, or null: never.
 * Drawn from the seed and the mail's id alone, so that the order of asking does not matter.
 */
export function labelTime(mail: { readonly id: string; readonly at: number }, seed: number): number | null {
  const random = randomSource(seed, mail.id);
  if (random() < LABEL_DELAY.neverShare) return null;
  const sigma = Math.log(LABEL_DELAY.p95Ms / LABEL_DELAY.medianMs) / Z95;
  return mail.at + Math.round(LABEL_DELAY.medianMs * Math.exp(sigma * standardNormal(random)));
}

/** Box and Muller, 1958; 1 − u keeps the logarithm finite. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
