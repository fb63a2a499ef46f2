import { readVersion, type PlayerVersion } from "./version.ts";

/**
 * What the faulty release of the nodes' software makes of an artifact: it packs weights without a sign. The version plays on,
 * under its own name, and likes what it should fear, such as stones that are about to be captured.
 */
export function readUnsigned(text: string): PlayerVersion {
  const version = readVersion(text);
  return { ...version, weights: version.weights.map(Math.abs) };
}
