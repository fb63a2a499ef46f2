import type { LedgerRecord } from "../record/ledger-record.ts";
import { newestBeyond, originRoots, type RecordIndex, type Scope } from "../record/record-index.ts";
import { sameRoot, type Root } from "../record/root.ts";
import { CHUNK_SYMBOLS } from "./message.ts";

/** What a comparison of two version vectors tells. */
export interface Distance {
  /** Records that the peer lacks for sure: the newest of origins that it has followed so far. */
  readonly newest: readonly LedgerRecord[];
  /** Origins of which the peer holds more: only it can see whether those are the newest. */
  readonly theirTurn: number;
  /** Origins of which only the records themselves can tell what differs. */
  readonly unresolved: number;
  /** At least so many records differ in the unresolved ones. */
  readonly differencesMin: number;
  /** So many both have together. */
  readonly records: number;
}

export function distanceTo(index: RecordIndex, scope: Scope, theirs: ReadonlyMap<string, Root>): Distance {
  const ours = originRoots(index, scope);
  const newest: LedgerRecord[] = [];
  let [theirTurn, unresolved, differencesMin, records] = [0, 0, 0, 0];
  for (const origin of new Set([...ours.keys(), ...theirs.keys()])) {
    const [mine, other] = [ours.get(origin), theirs.get(origin)];
    const [count, otherCount] = [mine?.count ?? 0, other?.count ?? 0];
    records += count + otherCount;
    if (sameRoot(mine, other)) continue;
    if (count < otherCount) {
      theirTurn++;
      continue;
    }
    const beyond = newestBeyond(index, scope, { origin, theirs: other });
    if (beyond === null) {
      unresolved++;
      differencesMin += count - otherCount;
    } else newest.push(...beyond);
  }
  return { newest, theirTurn, unresolved, differencesMin, records };
}

/** Where a quarter of all records differ, sending one side's all costs little more than finding out which. */
export function isFarApart({ differencesMin, records }: Pick<Distance, "differencesMin" | "records">): boolean {
  return differencesMin > 64 && differencesMin * 4 > records;
}

/** More symbols than these are not worth while: the difference is then a large part of what there is. */
export function symbolsMax(records: number): number {
  return Math.min(2 ** 20, 256 + Math.ceil(records / 2));
}

const FIRST_SYMBOLS = 32;
/** A hundred differences take 144 symbols in the mean, and more than 160 one time in twelve. */
const STEPS = [160, 176, 256];

/** Up to which symbol to ask next: first for a few differences, then for a hundred, then twice as many each time. */
export function symbolsUpTo(read: number, differencesMin = 0): number {
  if (read === 0) return Math.min(CHUNK_SYMBOLS, Math.max(FIRST_SYMBOLS, Math.ceil(differencesMin * 1.5)));
  const step = STEPS.find((each) => each > read);
  return step ?? read + Math.min(read, CHUNK_SYMBOLS);
}
