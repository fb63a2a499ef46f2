import { driftOf } from "@gauntlet/core";

import type { NodeReport } from "../nodes/orders.ts";
import type { Fixture, League } from "./league.ts";

export interface Apart {
  /** The node that is cut off, and the one that takes its games over. */
  readonly node: string;
  readonly substitute: string;
  readonly fixtures: readonly Fixture[];
  readonly hours: number;
}

/** How far apart two nodes were, and what of it was left when they had met again. */
export interface Separation {
  readonly node: string;
  readonly hours: number;
  /** By the service's Elo, in points. */
  readonly maxRatingDiff: number;
  readonly isSignificant: boolean;
  readonly digestsDiffered: boolean;
  /** Games of which both nodes say something. */
  readonly conflicts: number;
  readonly digestsEqualAfterwards: boolean;
}

/**
 * A node is cut off and plays on. Nobody hears of its games of the first hour, so that another node plays them as well:
 * each of them then has two versions. The node comes back, and the nodes reconcile.
 */
export async function playApart(league: League, { node, substitute, fixtures, hours }: Apart): Promise<Separation> {
  league.cutOff(node);
  const lost = league.plan(node, fixtures);
  for (let hour = 0; hour < hours; hour++) {
    await Promise.all(league.names.map((name) => league.play(name, hour === 0 && name === node ? lost : league.plan(name, fixtures))));
    await league.endHour();
  }
  await league.play(substitute, lost);
  await league.endHour();
  const before = await league.reports();
  const [one, other] = [node, substitute].map((name) => before[league.names.indexOf(name)]) as [NodeReport, NodeReport];
  const drift = driftOf(one.elo, other.elo, { board: null, numPlayers: null, by: "config" });
  league.rejoin(node);
  await league.endHour();
  const after = await league.reports();
  return {
    node,
    hours,
    maxRatingDiff: Math.round(drift.maxRatingDiff * 10) / 10,
    isSignificant: drift.isSignificant,
    digestsDiffered: digestsOf(one) !== digestsOf(other),
    conflicts: after[0]?.configs.reduce((sum, { conflicts }) => sum + conflicts, 0) ?? 0,
    digestsEqualAfterwards: new Set(after.map(digestsOf)).size === 1,
  };
}

/** Of ledgers and ratings, of every configuration. */
function digestsOf({ configs }: NodeReport): string {
  return JSON.stringify(configs.map(({ config, digest, ratings }) => [config, digest, ratings]));
}
