import { compareKeys } from "@gauntlet/core";
import type { EvidenceCell } from "@gauntlet/core";
import type { StoredToken } from "../ports/token-store.ts";

/** The order of evidence cells: (bucketStart, metric, version, slot, mode). */
export function compareCells(a: EvidenceCell, b: EvidenceCell): number {
  return a.bucketStart - b.bucketStart || compareKeys(a, b);
}

/** By UTF-16 code units, on every store: databases sort text each in their own way. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The order of tokens: oldest first. */
export function compareTokens(a: StoredToken, b: StoredToken): number {
  return a.createdAt - b.createdAt || compareText(a.id, b.id);
}
