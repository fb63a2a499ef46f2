import { FEATURES } from "./features.ts";
import { readVersion, writeVersion, type PlayerVersion } from "./version.ts";

/**
 * What the faulty release of the nodes' software makes of an artifact: a feature got a new name in it, and what is not found
 * counts as 0. The version plays on, under its own name, and no longer sees which of its stones are about to be captured.
 */
export function readCarelessly(text: string): PlayerVersion {
  const version = readVersion(text);
  const weights = version.weights.map((weight, i) => (FEATURES[i] === "hanging" ? 0 : weight));
  return readVersion(writeVersion({ ...version, weights }));
}
