import { openMatchLedger, type Clock, type MatchLedger, type MatchStore } from "@gauntlet/controller";
import { Failure, RATING_MODEL } from "@gauntlet/core";
import { hash } from "node:crypto";
import { hostname } from "node:os";

import type { Config } from "../config/config.ts";
import { NODE_NAME } from "../config/config.ts";

export interface LedgerOfStore {
  readonly store: MatchStore;
  readonly clock: Clock;
  /** Left out: the machine's. */
  readonly host?: string;
}

/** The match ledger of a configuration over a store; it reads everything. @throws Failure `invalid_input` without a name for this node; `store_unavailable` */
export async function ledgerOfStore({ ratings }: Pick<Config, "ratings">, { store, clock, host }: LedgerOfStore): Promise<MatchLedger> {
  const model = { ...RATING_MODEL, anchors: new Map(Object.entries(ratings.anchors)) };
  return openMatchLedger({ store, clock, node: ratings.node ?? nodeOfHost(host ?? hostname()), strategy: ratings.conflicts, model, hash: (text) => hash("sha256", text, "hex") });
}

/** A host's name, if it is one that a node may have. Two nodes of one name agree all the same: only who recorded what can't be told. */
function nodeOfHost(host: string): string {
  if (NODE_NAME.test(host)) return host;
  throw new Failure("invalid_input", `this host is called "${host}", which can't be the origin of matches`, { fix: "set ratings.node in gauntlet.yaml, to another name on every node" });
}
