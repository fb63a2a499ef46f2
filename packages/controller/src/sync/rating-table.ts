import type { TableRow } from "@gauntlet/core";

import type { SyncLedger } from "./sync-ledger.ts";

/** Elo of every configuration, as other tools keep it: what drift is measured between. */
export function ratingTable(ledger: Pick<SyncLedger, "configs" | "elo">): readonly TableRow[] {
  return ledger.configs().flatMap(({ config, board, numPlayers }) => ledger.elo(config).map(({ participant, rating }) => ({ participant, board, numPlayers, rating })));
}
