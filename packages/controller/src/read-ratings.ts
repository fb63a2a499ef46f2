import { configKey, countMatches, digestOf, fitRatings, Failure, nearest, ratingViewOf, rolloutAlpha, serviceElo, toNumber, tournamentElo, type Match, type RatedMatches, type RatingPolicy, type RatingView, type RegistryView, type Rollout } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import type { MatchLedger } from "./matches/match-ledger.ts";

export interface RatingsRequest {
  readonly policy: RatingPolicy;
  readonly rollout: Pick<Rollout, "model" | "ordinal"> & { readonly champion: { readonly version: string }; readonly challenger: { readonly version: string } };
  /** Where the versions' tags are. */
  readonly registry: RegistryView;
  /** Only matches that ended before: of a decision that awaits a signature. null: all there are. */
  readonly before: number | null;
}

/**
 * What the matches that this node holds say of the compared versions, as frozen numbers.
 * @throws Failure `evidence_unavailable` where there is no match ledger; what the ledger throws.
 */
export async function readRatings(controller: Pick<Controller, "matches">, request: RatingsRequest): Promise<RatingView> {
  const { policy, rollout, before } = request;
  const ledger = await matchesOf(controller);
  await ledger.refresh();
  const challenger = participantOf(request, rollout.challenger.version);
  const baseline = baselineOf(request);
  const alpha = policy.mode === "strict" ? rolloutAlpha(policy, rollout) : toNumber(policy.alpha);
  const pair = { policy, alpha, challenger, baseline };
  const key = digestOf([policy, alpha, challenger, baseline, before]);
  const views = viewsAt(ledger);
  const known = views.get(key);
  if (known !== undefined) return known;
  const view = ratingViewOf(ratedIn(ledger, policy, before), pair);
  views.set(key, view);
  return view;
}

/** What each ledger said at its present revision: while no match comes, a tick costs no fit. */
const seen = new WeakMap<MatchLedger, { readonly revision: number; readonly views: Map<string, RatingView> }>();

const VIEWS_MAX = 256;

function viewsAt(ledger: MatchLedger): Map<string, RatingView> {
  const known = seen.get(ledger);
  if (known !== undefined && known.revision === ledger.revision && known.views.size < VIEWS_MAX) return known.views;
  const views = new Map<string, RatingView>();
  seen.set(ledger, { revision: ledger.revision, views });
  return views;
}

async function matchesOf({ matches }: Pick<Controller, "matches">): Promise<MatchLedger> {
  if (matches === undefined) throw new Failure("evidence_unavailable", "there is no match ledger here, so nothing is rated", { fix: "import matches with `gauntlet ratings import`, into the data that this server has" });
  return matches();
}

function ratedIn(ledger: MatchLedger, { board, players }: RatingPolicy, before: number | null): RatedMatches {
  const config = configKey({ board, numPlayers: players });
  const matches = ledger.matches(config);
  const fit = ledger.fit(config);
  if (before === null) return { matches, fit, elo: ledger.elo(config), digest: ledger.digest(config) };
  return ratedBefore(matches, { fit, digest: ledger.digest(config), before });
}

/** All is worked out again of what came before: what is signed must not move, unless a match of before came since. */
function ratedBefore(all: readonly Match[], { fit, digest, before }: { readonly fit: RatedMatches["fit"]; readonly digest: string; readonly before: number }): RatedMatches {
  const matches = all.filter(({ at }) => at < before);
  if (matches.length === all.length) return { matches, fit, elo: eloOf(matches), digest };
  const counts = countMatches(matches);
  const known = new Set(counts.participants);
  const anchors = new Map([...fit.model.anchors].filter(([id]) => known.has(id)));
  return { matches, fit: fitRatings(counts, { ...fit.model, anchors }), elo: eloOf(matches), digest };
}

function eloOf(matches: readonly Match[]): RatedMatches["elo"] {
  return matches.some(({ players }) => players.length > 2) ? tournamentElo(matches) : serviceElo(matches);
}

/** A version plays under the name in its tag `participant`, else as `model@version`. */
function participantOf({ rollout, registry }: Pick<RatingsRequest, "rollout" | "registry">, version: string): string {
  const tag = registry.versions.find((known) => known.version === version)?.tags["participant"];
  return tag === undefined || tag === "" ? `${rollout.model}@${version}` : tag;
}

function baselineOf(request: Omit<RatingsRequest, "before">): string | null {
  const { baseline } = request.policy;
  switch (baseline.kind) {
    case "champion":
      return participantOf(request, request.rollout.champion.version);
    case "participant":
      return baseline.participant;
    case "none":
      return null;
  }
}

/**
 * Strict mode begins with a baseline that has matches: a mistyped one would be waited for, for ever. A challenger may have none
 * yet. @throws Failure `not_found` for a baseline without matches; `conflict` for two versions that play under one name.
 */
export async function requireRated(controller: Pick<Controller, "matches">, request: Omit<RatingsRequest, "before">): Promise<void> {
  const { policy, rollout } = request;
  const ledger = await matchesOf(controller);
  await ledger.refresh();
  const baseline = baselineOf(request);
  if (baseline === null) return;
  const challenger = participantOf(request, rollout.challenger.version);
  if (baseline === challenger && policy.promotion !== "tier") {
    throw new Failure("conflict", `versions ${rollout.champion.version} and ${rollout.challenger.version} of ${rollout.model} both play as "${challenger}"`, { fix: "give each version a tag `participant` of its own" });
  }
  if (policy.mode === "compat") return;
  const config = configKey({ board: policy.board, numPlayers: policy.players });
  const participants = ledger.counts(config).participants;
  if (participants.includes(baseline)) return;
  const meant = nearest(baseline, participants);
  throw new Failure("not_found", `there is no match of "${baseline}" on ${config}, so there is nothing to compare with`, {
    fix: meant === null ? "import its matches first (`gauntlet ratings import`), or give its version the tag `participant` under which it plays" : `did you mean "${meant}"? Name it under baseline, or in the version's tag \`participant\``,
  });
}
