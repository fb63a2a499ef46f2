import type { LedgerRecord } from "@gauntlet/core";

/** Records that follow one another in a store, as columns: what millions are read by. */
export interface MatchBlock {
  /** Of the first; the others follow it without gaps. */
  readonly firstSequence: number;
  readonly records: number;
  /** Four words an id, its bytes in their order. */
  readonly contentIds: Int32Array;
  /** ASCII alone; the id of a record ends here, where the next begins. */
  readonly ids: Uint8Array;
  readonly idEnds: Uint32Array;
  /** 0 for a match whose columns say everything; any other record is read by `record`. */
  readonly kinds: Uint8Array;
  readonly at: Float64Array;
  readonly numPlayers: Uint32Array;
  /** Positions in `texts`. */
  readonly board: Uint32Array;
  readonly players: Uint32Array;
  /** Of each record, where its seats end in `players` and `places`. */
  readonly seatEnds: Uint32Array;
  readonly places: Uint8Array;
  readonly texts: readonly string[];
  record(place: number): LedgerRecord;
}
