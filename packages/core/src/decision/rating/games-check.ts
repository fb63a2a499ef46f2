import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";

interface Counted {
  readonly id: string;
  readonly games: number;
  readonly least: number;
  /** Of which games: "against alpha". */
  readonly which: string;
}

export function gamesCheck({ id, games, least, which }: Counted): CheckResult {
  const enough = games >= least;
  return {
    ...blankCheck({ id, purpose: "promotion", metric: "games", n: { champion: 0, challenger: games } }),
    status: enough ? "pass" : "unproven",
    challenger: games,
    estimate: games,
    unit: "count",
    allowed: { low: least, high: null },
    nNeeded: enough ? null : least - games,
    method: "counted",
    guarantee: "exact",
    says: `There ${games === 1 ? "is 1 game" : `are ${games} games`} ${which}; ${least} are asked for.`,
    wouldChange: enough ? null : `${least - games} more games`,
  };
}
