import { toNumber, type OfflineRule, type RatingBaseline, type RatingPolicy, type Rational } from "@gauntlet/core";

import { artifactRulesOf } from "./artifact-schema.ts";
import { foreignMoveOf } from "./base-schema.ts";
import { monitorRulesOf } from "./monitor-schema.ts";
import { asked, type RatingFile } from "./rating-schema.ts";

/** The policy that a file of kind `rating` means, every default filled in. */
export function ratingPolicyOf(file: RatingFile): RatingPolicy {
  const { criteria, tier, gate } = file;
  return {
    kind: "rating",
    name: file.name,
    model: file.model,
    mode: file.mode,
    metrics: {},
    bucketMs: 300_000,
    approval: file.approval,
    effects: file.effects,
    impact: null,
    ...(file.monitor === undefined ? {} : { monitor: monitorRulesOf(file.monitor, { minSamples: MATCHES_WATCHED }) }),
    ...artifactRulesOf(file),
    ...foreignMoveOf(file),
    promotion: file.promotion,
    board: file.board,
    players: file.players,
    baseline: baselineOf(file.baseline),
    criteria: { ...asked(file), minGames: criteria.minGames, wilson: criteria.wilson, minElo: criteria.minElo, eloFall: criteria.eloFall, maxGames: criteria.maxGames },
    pairs: file.pairs,
    sprt: file.sprt,
    alpha: less(criteria.confidence),
    spending: file.spending,
    harm: file.harm,
    tier: tier === null ? null : { target: tier.target, minGames: tier.minGames, ladder: Object.entries(tier.ladder).map(([name, elo]) => ({ name, elo })).toSorted((a, b) => toNumber(a.elo) - toNumber(b.elo)) },
    gate: gate === null ? null : { minGames: gate.minGames, minElo: gate.minElo, accuracy: gate.minAccuracy === null ? null : { metric: gate.accuracy, atLeast: gate.minAccuracy } },
    checks: [...offline(criteria)],
  };
}

/** As many as the reference asks for before it judges a promoted version. */
const MATCHES_WATCHED = 20;

function baselineOf(file: RatingFile["baseline"]): RatingBaseline {
  return typeof file === "string" ? { kind: file } : { kind: "participant", participant: file.participant };
}

/** The document means an increase in the error's own unit. */
function offline({ maxValueMseDegradation: margin, valueMse }: RatingFile["criteria"]): readonly OfflineRule[] {
  if (margin === null || margin === undefined) return [];
  return [{ kind: "offline", metric: valueMse, atLeast: null, atMost: null, against: { better: "lower", ask: "noWorseThan", margin, basis: "absolute" } }];
}

function less({ parts, of }: Rational): Rational {
  return { parts: of - parts, of };
}
