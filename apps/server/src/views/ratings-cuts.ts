import type { MatchLedger } from "@gauntlet/controller";
import { countMatches, Failure, fitRatings, mergeCounts, refitRatings, type Match, type MatchCounts, type RatingFit } from "@gauntlet/core";

/** All matches up to an instant, fitted. */
export interface CutFit {
  readonly at: number;
  readonly counts: MatchCounts;
  /** null where they have no finite maximum, such as when all of them are ties. */
  readonly fit: RatingFit | null;
}

/** Fits of this many questions are kept for each ledger. */
const KEPT_MAX = 4;

const kept = new WeakMap<MatchLedger, Map<string, CutFit[]>>();

/** The last of them is of all matches. Each is fitted when it is asked for, from the one before, and kept while the matches stay the same. */
export function* cutFits(ledger: MatchLedger, config: string, cuts: number): Generator<CutFit> {
  const done = keptOf(ledger, JSON.stringify([config, ledger.digest(config), cuts]));
  yield* done;
  const matches = ledger.matches(config);
  const ends = endsOf(matches, cuts);
  const { model } = ledger.fit(config);
  for (let index = done.length; index < ends.length; index++) {
    const earlier = done.at(-1);
    const end = ends[index]!;
    const added = countMatches(matches.slice(ends[index - 1] ?? 0, end));
    const counts = earlier === undefined ? added : mergeCounts([earlier.counts, added]);
    const cut = { at: matches[end - 1]!.at, counts, fit: fitOf(counts, earlier?.fit ?? null, model) };
    done[index] = cut;
    yield cut;
  }
}

function keptOf(ledger: MatchLedger, key: string): CutFit[] {
  let questions = kept.get(ledger);
  if (questions === undefined) kept.set(ledger, (questions = new Map()));
  const done = questions.get(key) ?? [];
  questions.delete(key);
  questions.set(key, done);
  for (const oldest of questions.keys()) if (questions.size > KEPT_MAX) questions.delete(oldest);
  return done;
}

/** Numbers of matches, rising to all of them, each cut after the last match of its instant. */
function endsOf(matches: readonly Match[], cuts: number): readonly number[] {
  const ends = new Set<number>();
  for (let cut = 1; cut <= cuts; cut++) {
    let end = Math.round((matches.length * cut) / cuts);
    while (end > 0 && end < matches.length && matches[end]!.at === matches[end - 1]!.at) end++;
    if (end > 0) ends.add(end);
  }
  return [...ends];
}

function fitOf(counts: MatchCounts, earlier: RatingFit | null, model: RatingFit["model"]): RatingFit | null {
  const there = new Set(counts.participants);
  // An anchor that had not played yet can't hold the scale.
  const anchors = new Map([...model.anchors].filter(([id]) => there.has(id)));
  try {
    return earlier !== null && earlier.model.anchors.size === anchors.size ? refitRatings(earlier, counts) : fitRatings(counts, { ...model, anchors });
  } catch (error) {
    if (error instanceof Failure && error.code === "invalid_input") return null;
    throw error;
  }
}
