import { digestOf } from "@gauntlet/core";

import type { NodeReport } from "../nodes/orders.ts";
import type { Traffic } from "./traffic.ts";

/** A node at the end of the world. */
export interface NodeResult extends Traffic {
  readonly node: string;
  /** That count, of all boards and numbers of seats. */
  readonly matches: number;
  /** Matches of which several versions are held. */
  readonly conflicts: number;
  /** Of all records: equal ledgers, equal digests. */
  readonly digest: string;
  /** Of all ratings, bit by bit. */
  readonly ratings: string;
}

export function nodeResults(reports: readonly NodeReport[], traffic: ReadonlyMap<string, Traffic>): readonly NodeResult[] {
  return reports.map(({ node, configs }) => ({
    node,
    matches: configs.reduce((sum, { matches }) => sum + matches, 0),
    conflicts: configs.reduce((sum, { conflicts }) => sum + conflicts, 0),
    digest: digestOf(configs.map(({ config, digest }) => [config, digest])),
    ratings: digestOf(configs.map(({ config, ratings }) => [config, ratings])),
    ...(traffic.get(node) as Traffic),
  }));
}
