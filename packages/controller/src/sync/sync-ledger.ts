import type { MatchLedger } from "../matches/match-ledger.ts";

/** What a session needs of the match ledger. */
export type SyncLedger = Pick<MatchLedger, "node" | "strategy" | "refresh" | "index" | "add" | "register" | "configs" | "elo">;
