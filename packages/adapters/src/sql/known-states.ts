import type { ModelState } from "@gauntlet/core";

/**
 * The state of each chain as it was last read. A state belongs to the hash of its chain's newest entry, so while that
 * hash stays the text need not be read and parsed again: every batch of outcomes asks for it.
 */
export interface KnownStates {
  /** What is known before a row is read; its hash is empty when nothing is. */
  of(chain: string): KnownState;
  /** The state of a row, whose text is left out (null) when it has the hash of `known`. */
  read(row: StateRow, known: KnownState): ModelState | null;
}

interface KnownState {
  readonly hash: string;
  readonly state: ModelState | null;
}

interface StateRow {
  readonly chain: string;
  readonly hash: string;
  readonly state: string | null;
}

const NOTHING: KnownState = { hash: "", state: null };
const CHAINS_KEPT = 256;

export function knownStates(): KnownStates {
  const states = new Map<string, KnownState>();
  return {
    of: (chain) => states.get(chain) ?? NOTHING,
    read({ chain, hash, state: text }, known) {
      if (text === null) return known.state;
      const state = JSON.parse(text) as ModelState | null;
      if (states.size >= CHAINS_KEPT) states.clear();
      states.set(chain, { hash, state });
      return state;
    },
  };
}
