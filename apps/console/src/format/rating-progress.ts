import type { RatingProgress } from "@gauntlet/contract";

import { count, decimal, percent } from "./number.ts";
import { scaleOf, type Scale } from "./ratings.ts";

type Test = NonNullable<RatingProgress["test"]>;

/** What the axes of the sequential test span: all games that may be played if that is known, and both bounds. */
export function testFrame({ path, minGames }: Test): { readonly games: readonly [number, number]; readonly scale: Scale } | null {
  const last = path.at(-1);
  if (last === undefined) return null;
  const values = path.flatMap((point) => [point.llr, point.lower, point.upper]);
  return { games: [0, Math.max(last.games * 1.04, minGames)], scale: scaleOf(values) };
}

/** Where the test stands, as a sentence. */
export function testWords({ elo0, elo1, path, minGames }: Test): string {
  const last = path.at(-1);
  const asked = `whether it is more than ${points(elo0)} better, against ${points(elo1)}`;
  if (last === undefined) return `Tested is ${asked}. No game of the two has a winner yet.`;
  const where = last.llr >= last.upper ? "past the bound that promotes" : last.llr <= last.lower ? "past the bound that retains" : "between the bounds";
  const early = last.games < minGames ? `, and ${count(minGames - last.games)} more are asked for in any case` : "";
  return `Tested is ${asked}. After ${count(last.games)} games the log-likelihood ratio is ${decimal(last.llr, 2)}, ${where} ${decimal(last.lower, 2)} and ${decimal(last.upper, 2)}${early}.`;
}

function points(elo: number): string {
  return `${decimal(elo, 0, [])} Elo`;
}

/** The challenger's results against the baseline, from good to bad; pairs are counted by their points. */
export interface ResultPart {
  readonly name: string;
  readonly count: number;
  /** Where it begins, and how much it is of all; parts of 1. */
  readonly from: number;
  readonly share: number;
  readonly tone: "good" | "half-good" | "even" | "half-bad" | "bad";
}

export function singleParts({ singles: { wins, draws, losses } }: Pick<RatingProgress, "singles">): readonly ResultPart[] {
  return known([
    { name: "won", count: wins, tone: "good" },
    { name: "drawn", count: draws, tone: "even" },
    { name: "lost", count: losses, tone: "bad" },
  ]);
}

export function pairParts({ pairs }: Pick<RatingProgress, "pairs">): readonly ResultPart[] {
  const tones = ["bad", "half-bad", "even", "half-good", "good"] as const;
  const names = ["0 points", "½", "1", "1½", "2 points"];
  return known(pairs.map((number, halves) => ({ name: names[halves] ?? "", count: number, tone: tones[halves] ?? ("even" as const) })).toReversed());
}

/** None at all is no bar. */
function known(parts: readonly Pick<ResultPart, "name" | "count" | "tone">[]): readonly ResultPart[] {
  const all = parts.reduce((sum, part) => sum + part.count, 0);
  if (all === 0) return [];
  return parts.map((part, index) => ({ ...part, from: parts.slice(0, index).reduce((sum, one) => sum + one.count, 0) / all, share: part.count / all }));
}

export function winRateWords(winRate: number | null): string {
  return winRate === null ? "–" : percent(winRate, 1);
}
