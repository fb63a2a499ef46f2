import type { LedgerEntry } from "@gauntlet/core";
import { useState, type JSX } from "react";

import { EVENT_WORDS, eventSummary, wordFor } from "../format/words.ts";
import { Digest } from "./Digest.tsx";
import { Moment } from "./Moment.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** One line of the ledger; opened, the whole entry as JSON with its hashes. */
export function LedgerItem({ entry }: { readonly entry: LedgerEntry }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <li className={`entry entry-${entry.event.kind.replace(".", "-")}`}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="entry-seq">{entry.seq}</span>
          <Moment at={entry.at} precision="second" />
          <span className="entry-kind">{wordFor(EVENT_WORDS, entry.event.kind)}</span>
          <span className="entry-what">{eventSummary(entry.event)}</span>
          <Digest value={entry.hash} length={10} />
        </summary>
        {open ? <EntryText entry={entry} /> : null}
      </details>
    </li>
  );
}

function EntryText({ entry }: { readonly entry: LedgerEntry }): JSX.Element {
  return (
    <div className="entry-body">
      <p>
        hash <code>{entry.hash}</code>
      </p>
      <p>
        follows <code>{entry.prev}</code>
      </p>
      <ScrollRegion label={`Entry ${entry.seq} as JSON`}>
        <pre>{JSON.stringify(entry.event, null, 2)}</pre>
      </ScrollRegion>
    </div>
  );
}
