import { compareBaseline, configKey, summariseBaselines, type BaselineComparison, type BaselinesSummary, type PolicyMode } from "@gauntlet/core";

import type { MatchLedger } from "../matches/match-ledger.ts";
import { requireKnown } from "./check-participant.ts";
import { differenceOf } from "./rating-facts-of.ts";

export interface BaselinesQuery {
  readonly board: string;
  readonly numPlayers: number;
  readonly participant: string;
  readonly baselines: readonly string[];
  /** Elo points, below 0. */
  readonly threshold: number;
  /** strict: by the fit, and significantly. compat: by points of incremental Elo. */
  readonly mode: PolicyMode;
}

export interface BaselinesResult {
  readonly comparisons: readonly BaselineComparison[];
  readonly summary: BaselinesSummary;
  readonly averageDifference: number | null;
}

/** One participant against several that served before. @throws Failure `not_found` for one without matches. */
export async function compareWithBaselines(ledger: MatchLedger, query: BaselinesQuery): Promise<BaselinesResult> {
  await ledger.refresh();
  const { participant, baselines, threshold, mode } = query;
  const config = configKey(query);
  for (const id of [participant, ...baselines]) requireKnown(ledger, config, id);
  const elo = new Map(ledger.elo(config).map((row) => [row.participant, row.rating]));
  const comparisons = baselines.map((baseline) => {
    if (mode === "strict") return compareBaseline(baseline, differenceOf(ledger, config, { participant, previous: baseline, since: 0 }), threshold);
    const [own, other] = [elo.get(participant), elo.get(baseline)];
    return compareBaseline(baseline, own === undefined || other === undefined ? null : { value: own - other, standardError: null }, threshold);
  });
  return { comparisons, ...summariseBaselines(comparisons) };
}
