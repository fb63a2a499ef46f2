import type { RatingTrajectories } from "@gauntlet/contract";
import type { MatchLedger } from "@gauntlet/controller";
import { setImmediate } from "node:timers/promises";

import { cutFits, type CutFit } from "./ratings-cuts.ts";
import { intervalOf, LEVEL } from "./ratings-interval.ts";
import { gamesOf, ladderOf } from "./ratings-ladder.ts";
import { uncertainties } from "./ratings-matrix.ts";

interface TrajectoryQuestion {
  readonly config: string;
  readonly participants: readonly string[];
  /** Ratings become differences to this one; null: as the ladder has them. */
  readonly against: string | null;
  readonly cuts: number;
}

type Point = RatingTrajectories["trajectories"][number]["points"][number];

/** What the ladder said of some participants at instants that lie equally many matches apart. */
export async function trajectoriesView(ledger: MatchLedger, { config, participants, against, cuts }: TrajectoryQuestion): Promise<RatingTrajectories> {
  const { compare } = uncertainties(ledger.fit(config));
  // Asked for each, so that an unknown one is refused by name.
  for (const id of [...participants, ...(against === null ? [] : [against])]) compare(id, id);
  const digest = ledger.digest(config);
  const lines = participants.map((participant) => ({ participant, points: [] as Point[] }));
  for (const cut of cutFits(ledger, config, cuts)) {
    const games = gamesOf(cut.counts);
    for (const { participant, points } of lines) {
      const played = games.get(participant)?.games ?? 0;
      if (played > 0) points.push({ at: cut.at, games: played, ...ratingAt(cut, participant, against) });
    }
    // Others are answered between two fits.
    await setImmediate();
  }
  return { config, digest, level: LEVEL, against, trajectories: lines };
}

const UNKNOWN = { elo: null, low: null, high: null };

function ratingAt({ fit }: CutFit, participant: string, against: string | null): Pick<Point, "elo" | "low" | "high"> {
  if (fit === null) return UNKNOWN;
  if (against === null) {
    const row = ladderOf(fit).find((one) => one.participant === participant);
    return row === undefined ? UNKNOWN : { elo: row.elo, ...intervalOf(row.elo, row.standardError) };
  }
  if (!fit.participants.includes(against)) return UNKNOWN;
  const comparison = uncertainties(fit).compare(participant, against);
  return comparison.kind === "incomparable" ? UNKNOWN : { elo: comparison.difference, ...intervalOf(comparison.difference, comparison.standardError) };
}
