import type { CountedGame, Guess } from "./rps-metrics.ts";
import type { Move } from "../rules/moves.ts";

/** What ratios are made of: kept beside the counters, which can't be read back. */
export interface Tally {
  guessed(game: CountedGame, round: { readonly user: Move; readonly guesses: readonly Guess[] }): void;
  finished(name: string, won: number): void;
  moved(modelType: string, byModel: boolean): void;
  ratios(): Ratios;
}

/** By type@alias, but for `disagreed` and `fallback`, which are by type. Nothing where nothing was counted yet. */
export interface Ratios {
  readonly accuracy: ReadonlyMap<string, number>;
  readonly winRate: ReadonlyMap<string, number>;
  readonly calibration: ReadonlyMap<string, number>;
  readonly disagreed: ReadonlyMap<string, number>;
  readonly fallback: ReadonlyMap<string, number>;
}

interface Share {
  hits: number;
  of: number;
}

const BINS = 10;

export function createTally(): Tally {
  const accuracy = new Map<string, Share>();
  const winRate = new Map<string, Share>();
  const disagreed = new Map<string, Share>();
  const fallback = new Map<string, Share>();
  const calibration = new Map<string, { readonly gaps: number[]; of: number }>();

  function calibrated(name: string, confidence: number, hit: 0 | 1): void {
    const seen = calibration.get(name) ?? { gaps: Array.from({ length: BINS }, () => 0), of: 0 };
    const bin = Math.min(BINS - 1, Math.floor(confidence * BINS));
    seen.gaps[bin]! += confidence - hit;
    seen.of += 1;
    calibration.set(name, seen);
  }

  return {
    guessed({ modelType, alias: playing }, { user, guesses }) {
      for (const { alias, move, confidence } of guesses) {
        const hit = move === user ? 1 : 0;
        calibrated(`${modelType}@${alias}`, confidence, hit);
        if (alias === playing) add(accuracy, `${modelType}@${alias}`, hit);
      }
      const [production, b] = ["Production", "B"].map((slot) => guesses.find(({ alias }) => alias === slot));
      if (production !== undefined && b !== undefined) add(disagreed, modelType, production.move === b.move ? 0 : 1);
    },
    finished: (name, won) => add(winRate, name, won),
    moved: (modelType, byModel) => add(fallback, modelType, byModel ? 0 : 1),
    ratios: () => ({
      accuracy: sharesOf(accuracy),
      winRate: sharesOf(winRate),
      disagreed: sharesOf(disagreed),
      fallback: sharesOf(fallback),
      calibration: new Map([...calibration].map(([name, { gaps, of }]) => [name, gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / of])),
    }),
  };
}

function add(shares: Map<string, Share>, key: string, hits: number): void {
  const share = shares.get(key) ?? { hits: 0, of: 0 };
  share.hits += hits;
  share.of += 1;
  shares.set(key, share);
}

function sharesOf(shares: ReadonlyMap<string, Share>): ReadonlyMap<string, number> {
  return new Map([...shares].map(([key, { hits, of }]) => [key, hits / of]));
}
