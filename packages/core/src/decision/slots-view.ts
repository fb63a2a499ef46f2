import type { SlotCounts, SwapBaseline } from "../policy/slots-cycle.ts";

/** What the slots of a model show: frozen into the observation of a policy of kind `slots`. */
export interface SlotsView {
  /** In the policy's order: champion, challenger, shadows. */
  readonly slots: readonly SlotView[];
  /** Counters at the latest swap, from the ledger. */
  readonly baseline: SwapBaseline | null;
  /** Cycles since then that the ledger has, this one not among them. */
  readonly cyclesBefore: number;
  /** SHA-256 of all the above: what the decision is bound to. A replay checks it. */
  readonly digest: string;
}

export interface SlotView {
  readonly slot: string;
  /** Who holds it now, as the registry says; null: nobody. */
  readonly version: string | null;
  /** Everything that was ever counted under the name of the slot, whoever held it: of all epochs. */
  readonly total: SlotCounts;
  /** Of this cycle's epoch alone, for each version that was seen in the slot. */
  readonly cycle: readonly VersionCounts[];
}

export interface VersionCounts extends SlotCounts {
  readonly version: string;
}

/** What a decision says of slots, beside its verdict and never in its place. */
export interface SlotsRuling {
  /** Whether the holders of the first two are exchanged. */
  readonly swap: boolean;
  /** Whether any challenger changes its place, after the swap if there is one. */
  readonly reorderApplied: boolean;
  /** Of the challengers: who comes first. Empty where nobody was put in order. */
  readonly rankings: readonly SlotRanking[];
  /** Of all slots, by the name of the slot before anything moved. */
  readonly accuracies: readonly SlotAccuracy[];
  /** Of all slots: who holds it afterwards. */
  readonly assignments: readonly SlotAssignment[];
  readonly counts: { readonly champion: GameCounts; readonly challenger: GameCounts };
  /** Telemetry: the pooled z of the challenger's rate over the champion's, one-sided p. null where it can't be had. Nothing goes by it in compat mode, or in strict. */
  readonly z: number | null;
  readonly p: number | null;
  readonly tickers: SlotTickers;
}

/** The games that the verdict went by: of all epochs in compat mode, of this cycle's versions in strict mode. */
export interface GameCounts {
  readonly games: number;
  readonly wins: number;
  readonly ties: number;
}

export interface SlotRanking {
  /** The place that is ranked for, from the second slot on. */
  readonly slot: string;
  /** From 1. */
  readonly rank: number;
  /** Under which slot what its accuracy comes from was counted. */
  readonly sourceSlot: string;
  readonly version: string | null;
  readonly correct: number;
  readonly predictions: number;
  /** correct/predictions; null without any. */
  readonly accuracy: number | null;
}

export interface SlotAccuracy {
  readonly slot: string;
  readonly version: string | null;
  readonly correct: number;
  readonly predictions: number;
  readonly accuracy: number | null;
}

export interface SlotAssignment {
  readonly slot: string;
  readonly version: string | null;
  /** Who had it before. */
  readonly previousVersion: string | null;
  /** From which slot the version comes; the slot itself where nothing changes. */
  readonly sourceSlot: string;
  readonly changed: boolean;
}

/** How long it is since the first two slots changed holders. */
export interface SlotTickers {
  readonly championGames: number;
  readonly challengerGames: number;
  readonly cycles: number;
}
