import { Failure } from "../failure/failure.ts";
import { requireCountList, requireInside } from "./input.ts";
import { squareAndAdd } from "./newcombe.ts";
import { criticalValue } from "./normal.ts";
import type { Interval } from "./wilson.ts";

export interface PairedRecall {
  readonly championHits: number;
  readonly challengerHits: number;
  readonly positives: number;
  /** McNemar's b and c. */
  readonly onlyChallenger: number;
  readonly onlyChampion: number;
  /** Challenger's recall over the champion's; null while the champion has no hit. */
  readonly ratio: number | null;
  /** Of ln ratio; null while either has no hit. */
  readonly standardErrorLog: number | null;
  /** Of the ratio; null as well when no request tells the versions apart, because no variance is no certainty. */
  readonly interval: (level: number) => Interval | null;
  /** Of challenger's recall − champion's; null without positives or without a request that tells them apart. */
  readonly differenceInterval: (level: number) => Interval | null;
}

/**
 * Both recalls on the same labelled positives. `cells` are those of `Paired`: truth·4 + champion·2 + challenger.
 * SE(ln ratio) = √((b + c)/(r₁·r₂)) with the hit counts r by the delta method (compare Nam & Blackwelder 2002), asymptotic; the
 * difference by Newcombe's method for pairs (1998, method 10), asymptotic.
 */
export function pairedRecallRatio(cells: readonly number[]): PairedRecall {
  const [neither, onlyChallenger, onlyChampion, both] = pairedCells(cells).slice(4) as [number, number, number, number];
  const championHits = onlyChampion + both;
  const challengerHits = onlyChallenger + both;
  const positives = neither + onlyChallenger + onlyChampion + both;
  const ratio = championHits === 0 ? null : challengerHits / championHits;
  const standardErrorLog = championHits === 0 || challengerHits === 0 ? null : Math.sqrt((onlyChallenger + onlyChampion) / (championHits * challengerHits));
  return {
    championHits,
    challengerHits,
    positives,
    onlyChallenger,
    onlyChampion,
    ratio,
    standardErrorLog,
    interval(level) {
      requireInside("level", level);
      if (ratio === null || standardErrorLog === null || standardErrorLog === 0) return null;
      const factor = Math.exp(criticalValue(level) * standardErrorLog);
      return { low: ratio / factor, high: ratio * factor };
    },
    differenceInterval(level) {
      if (onlyChallenger + onlyChampion === 0) return null;
      const { low, high } = squareAndAdd(
        { first: { hits: challengerHits, of: positives }, second: { hits: championHits, of: positives }, correlation: pairCorrelation({ neither, onlyChallenger, onlyChampion, both }) },
        level,
      );
      return { low, high };
    },
  };
}

/** The 8 counts of `Paired`, checked. */
export function pairedCells(cells: readonly number[]): readonly number[] {
  if (cells.length !== 8) throw new Failure("invalid_input", `paired counts have 8 cells, not ${cells.length}`, { fix: "give the cells of a paired statistic" });
  requireCountList("cell", cells);
  return cells;
}

/** φ of the 2×2 table, a positive one made smaller by Newcombe's continuity correction; 0 where it is undefined. */
function pairCorrelation(pairs: { readonly neither: number; readonly onlyChallenger: number; readonly onlyChampion: number; readonly both: number }): number {
  const { neither, onlyChallenger, onlyChampion, both } = pairs;
  const margins = Math.sqrt((both + onlyChallenger) * (onlyChampion + neither)) * Math.sqrt((both + onlyChampion) * (onlyChallenger + neither));
  if (margins === 0) return 0;
  const cross = both * neither - onlyChallenger * onlyChampion;
  const n = neither + onlyChallenger + onlyChampion + both;
  return (cross > 0 ? Math.max(0, cross - n / 2) : cross) / margins;
}
