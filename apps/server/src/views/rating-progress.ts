import type { RatingProgress } from "@gauntlet/contract";
import { readRatings, readState, type Controller } from "@gauntlet/controller";
import { configKey, Failure, headPath, headUnits, promotionRule, rolloutAlpha, toNumber, type HeadPoint, type RatedParticipant, type RatingPolicy, type RatingView, type Rollout } from "@gauntlet/core";

import { newestDecision } from "./model-summary.ts";
import { intervalOf } from "./ratings-interval.ts";

/** More than a chart can show helps nobody. */
const POINTS_MAX = 200;

/** What the matches say of the newest rollout. @throws Failure `not_found` without a rollout that goes by matches. */
export async function ratingProgressView(controller: Pick<Controller, "store" | "registry" | "matches">, model: string): Promise<RatingProgress> {
  const state = await readState(controller, model);
  const { rollout } = state;
  if (rollout === null || rollout.policy.kind !== "rating") throw new Failure("not_found", `${model} has no rollout that goes by matches`, { fix: "start one with a policy of kind rating: `gauntlet start <policy> --challenger <version>`" });
  const { policy } = rollout;
  const registry = await controller.registry.read(model, [rollout.champion.version, rollout.challenger.version]);
  // Of one that is over, what was known when it ended.
  const before = rollout.status === "running" ? null : ((await newestDecision(controller.store, state))?.look?.cutoff ?? null);
  const view = await readRatings(controller, { policy, rollout, registry, before });
  const { challenger, baseline, head, difference } = view;
  return {
    model,
    rolloutId: rollout.id,
    config: configKey({ board: policy.board, numPlayers: policy.players }),
    promotion: policy.promotion,
    challenger: sideOf(challenger, rollout.challenger.version),
    baseline: baseline === null ? null : sideOf(baseline, policy.baseline.kind === "champion" ? rollout.champion.version : null),
    difference: difference?.kind === "comparable" ? differenceOf(difference) : null,
    games: head?.games ?? 0,
    singles: head?.singles ?? { wins: 0, draws: 0, losses: 0 },
    pairs: [...(head?.pairs ?? [0, 0, 0, 0, 0])],
    test: await testOf(controller, { rollout, policy, view }),
    tiers: policy.tier === null ? [] : policy.tier.ladder.map(({ name, elo }) => ({ name, elo: toNumber(elo), target: name === policy.tier?.target })),
  };
}

function sideOf({ participant, service, fitted }: RatedParticipant, version: string | null): RatingProgress["challenger"] {
  return {
    version,
    participant,
    games: service?.games ?? 0,
    winRate: service?.winRate ?? null,
    serviceElo: service?.elo ?? null,
    elo: fitted?.elo ?? null,
    standardError: fitted?.standardError ?? null,
    anchored: fitted?.anchored ?? false,
  };
}

function differenceOf({ difference, standardError, superiority }: { readonly difference: number; readonly standardError: number; readonly superiority: number }): RatingProgress["difference"] {
  const { low, high } = intervalOf(difference, standardError);
  return { elo: difference, low: low ?? difference, high: high ?? difference, superiority };
}

interface Tested {
  readonly rollout: Rollout;
  readonly policy: RatingPolicy;
  readonly view: RatingView;
}

/** The way of the test up to what the view holds. */
async function testOf({ matches }: Pick<Controller, "matches">, { rollout, policy, view }: Tested): Promise<RatingProgress["test"]> {
  const { baseline, challenger, cutoff } = view;
  if (policy.mode !== "strict" || policy.promotion === "tier" || baseline === null || matches === undefined) return null;
  const ledger = await matches();
  const played = ledger.matches(configKey({ board: policy.board, numPlayers: policy.players })).filter(({ at }) => cutoff === null || at < cutoff);
  const rule = promotionRule(policy, rolloutAlpha(policy, rollout));
  const path = headPath(headUnits(played, [challenger.participant, baseline.participant], policy.pairs), rule);
  const { minGames, maxGames } = policy.criteria;
  return { elo0: rule.elo0, elo1: rule.elo1, alpha: rule.alpha, beta: rule.beta, minGames, maxGames, path: thinned(path) };
}

/** The last one always stays. */
function thinned(path: readonly HeadPoint[]): HeadPoint[] {
  const step = Math.ceil(path.length / POINTS_MAX);
  return path.filter((_, index) => (path.length - 1 - index) % step === 0).map((point) => ({ ...point }));
}
