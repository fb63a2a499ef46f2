/** Rates of the null worlds, from rare to nearly sure. */
export const RATES: readonly number[] = [0.005, 0.02, 0.1, 0.3, 0.5, 0.9, 0.995];

export const PAIRS = 10_000;

export const ALPHA = 0.05;
