import type { RatingConfigs } from "@gauntlet/contract";
import type { MatchLedger } from "@gauntlet/controller";

export function configsView(ledger: MatchLedger, now: number): RatingConfigs {
  return { now, node: ledger.node, strategy: ledger.strategy, configs: [...ledger.configs()] };
}
