import type { RatingTrajectories } from "@gauntlet/contract";
import type { MatchLedger } from "@gauntlet/controller";
import { setImmediate } from "node:timers/promises";

import { cutsOf, type Cut } from "./ratings-cuts.ts";
import { intervalOf, LEVEL } from "./ratings-interval.ts";
import { gamesOf } from "./ratings-ladder.ts";
import { uncertainties } from "./ratings-matrix.ts";

interface TrajectoryQuestion {
  readonly config: string;
  readonly participants: readonly string[];
  /** Ratings become differences to this one; null: as the ladder has them. */
  readonly against: string | null;
  readonly cuts: number;
}

/** Answers are kept while the matches stay the same; the fits behind them are too large for that. */
const KEPT_MAX = 32;

const kept = new WeakMap<MatchLedger, Map<string, Promise<RatingTrajectories>>>();

/** What the ladder said of some participants at instants that lie equally many matches apart. */
export async function trajectoriesView(ledger: MatchLedger, question: TrajectoryQuestion): Promise<RatingTrajectories> {
  const { config, participants, against } = question;
  const { compare } = uncertainties(ledger.fit(config));
  // Asked for each, so that an unknown one is refused by name.
  for (const id of [...participants, ...(against === null ? [] : [against])]) compare(id, id);
  const answers = answersOf(ledger);
  const key = JSON.stringify([ledger.digest(config), question]);
  const known = answers.get(key) ?? answerTo(ledger, question);
  answers.delete(key);
  answers.set(key, known);
  for (const oldest of answers.keys()) if (answers.size > KEPT_MAX) answers.delete(oldest);
  try {
    return await known;
  } catch (error) {
    answers.delete(key);
    throw error;
  }
}

function answersOf(ledger: MatchLedger): Map<string, Promise<RatingTrajectories>> {
  let answers = kept.get(ledger);
  if (answers === undefined) kept.set(ledger, (answers = new Map()));
  return answers;
}

type Point = RatingTrajectories["trajectories"][number]["points"][number];

async function answerTo(ledger: MatchLedger, { config, participants, against, cuts }: TrajectoryQuestion): Promise<RatingTrajectories> {
  const digest = ledger.digest(config);
  const lines = participants.map((participant) => ({ participant, points: [] as Point[] }));
  for (const cut of cutsOf(ledger, config, cuts)) {
    const games = gamesOf(cut.counts);
    const ratings = ratingsAt(cut, participants, against);
    for (const { participant, points } of lines) {
      const played = games.get(participant)?.games ?? 0;
      if (played > 0) points.push({ at: cut.at, games: played, ...(ratings.get(participant) ?? UNKNOWN) });
    }
    // Others are answered between two fits.
    await setImmediate();
  }
  return { config, digest, level: LEVEL, against, trajectories: lines };
}

type Rating = Pick<Point, "elo" | "low" | "high">;

const UNKNOWN: Rating = { elo: null, low: null, high: null };

function ratingsAt({ rated }: Cut, participants: readonly string[], against: string | null): ReadonlyMap<string, Rating> {
  if (rated === null) return new Map();
  const { fit, uncertainty } = rated;
  const there = participants.filter((id) => fit.participants.includes(id));
  if (against !== null) {
    if (!fit.participants.includes(against)) return new Map();
    return new Map(there.map((id) => {
      const comparison = uncertainty.compare(id, against);
      return [id, comparison.kind === "incomparable" ? UNKNOWN : { elo: comparison.difference, ...intervalOf(comparison.difference, comparison.standardError) }];
    }));
  }
  // Of a few only: the errors of all cost as much as the fit.
  const variances = uncertainty.covariance(there);
  return new Map(there.map((id, i) => {
    const place = fit.participants.indexOf(id);
    const alone = fit.anchored[place] !== 1 && fit.group.indexOf(fit.group[place]!) === fit.group.lastIndexOf(fit.group[place]!);
    const elo = fit.elo[place]!;
    return [id, alone ? UNKNOWN : { elo, ...intervalOf(elo, Math.sqrt(Math.max(0, variances[i]?.[i] ?? 0))) }];
  }));
}
