import type { LedgerPage } from "@gauntlet/contract";
import { verifyChain, type ChainBreak, type LedgerEntry } from "@gauntlet/core";
import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { useMemo, useState, type JSX } from "react";

import { LEDGER_WINDOW, ledgerQuery } from "../api/queries.ts";
import { count } from "../format/number.ts";
import { FailureNote } from "./FailureNote.tsx";
import { Icon } from "./Icon.tsx";
import { LedgerItem } from "./LedgerItem.tsx";
import { Loading } from "./Loading.tsx";

interface LedgerListProps {
  readonly chain: string;
  /** The number of the newest entry. */
  readonly head: number;
}

/** The entries of one chain, newest first, read a window at a time. */
export function LedgerList({ chain, head }: LedgerListProps): JSX.Element {
  const [more, setMore] = useState(0);
  const newest = Math.max(0, Math.ceil(head / LEDGER_WINDOW) - 1);
  const oldest = Math.max(0, newest - 1 - more);
  const { entries, failed, pending } = useQueries({
    queries: Array.from({ length: newest - oldest + 1 }, (_, step) => ledgerQuery(chain, { index: newest - step, head })),
    combine,
  });
  if (head === 0) return <p className="quiet">The chain is empty.</p>;
  return (
    <>
      {failed === undefined ? null : <FailureNote title="The ledger can't be read" error={failed.error} retry={() => void failed.refetch()} />}
      {entries.length > 0 ? <Verified entries={entries} /> : null}
      <ol className="ledger">
        {entries.map((entry) => (
          <LedgerItem key={entry.seq} entry={entry} />
        ))}
      </ol>
      {pending ? <Loading what="the ledger" lines={3} /> : null}
      {oldest > 0 ? (
        <button type="button" className="button" onClick={() => setMore(more + 1)}>
          Show older entries <span className="quiet">({count(oldest * LEDGER_WINDOW)} more)</span>
        </button>
      ) : null}
    </>
  );
}

/** Outside the component, so that its answer stays the same while the windows do. */
function combine(windows: readonly UseQueryResult<LedgerPage>[]) {
  return {
    entries: uniqueNewestFirst(windows.flatMap((window) => window.data?.entries ?? [])),
    failed: windows.find((window) => window.isError),
    pending: windows.some((window) => window.isPending),
  };
}

/** The hashes are computed again, here: what is shown is what was written, or it says so. */
function Verified({ entries }: { readonly entries: readonly LedgerEntry[] }): JSX.Element {
  // Hashing again on every drawing would be slow.
  const broken = useMemo(() => firstBreak(entries), [entries]);
  if (broken === null) {
    return (
      <p className="ledger-verified check-pass">
        <Icon name="pass" /> The {count(entries.length)} entries shown were hashed again in this browser; each follows from the one before.
      </p>
    );
  }
  return (
    <div className="note note-bad" role="alert">
      <p className="note-title">
        <Icon name="fail" /> Entry {broken.seq} is not what was written
      </p>
      <p>{broken.detail}</p>
    </div>
  );
}

function firstBreak(newestFirst: readonly LedgerEntry[]): ChainBreak | null {
  const entries = newestFirst.toReversed();
  const [first] = entries;
  const before = first === undefined || first.seq === 1 ? null : { seq: first.seq - 1, hash: first.prev };
  return verifyChain(entries, before).broken;
}

/** While a chain grows, neighbouring windows may overlap for a moment. */
function uniqueNewestFirst(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  return [...bySeq.values()].toSorted((left, right) => right.seq - left.seq);
}
