import { checkAppend, checkFence, compareText, confirmedAfter, unknownChain } from "@gauntlet/controller";
import type { AppendRequest, ChainHead, LedgerStore } from "@gauntlet/controller";
import { canonicalJson } from "@gauntlet/core";
import type { LedgerEntry, ModelState } from "@gauntlet/core";
import { knownStates } from "../sql/known-states.ts";
import type { Database } from "./database.ts";

export function sqliteLedger(database: Database): LedgerStore {
  const states = knownStates();
  return {
    append: async (request) => database.transaction(() => append(database, request)),
    read: async (chain, after, limit) =>
      database
        .all<{ readonly entry: string }>("SELECT entry FROM entries WHERE chain = ? AND seq > ? ORDER BY seq LIMIT ?", chain, after, limit)
        .map((row) => JSON.parse(row.entry) as LedgerEntry),
    head: async (chain) => {
      const known = states.of(chain);
      const row = database.get<HeadRow>("SELECT chain, seq, hash, confirmed_at, CASE WHEN hash = ?2 THEN NULL ELSE state END AS state FROM chains WHERE chain = ?1", chain, known.hash);
      return row === undefined ? null : { chain, seq: row.seq, hash: row.hash, state: states.read(row, known), confirmedAt: row.confirmed_at };
    },
    heads: async () =>
      database
        .all<ChainRow>(CHAINS)
        .map(headOf)
        .toSorted((a, b) => compareText(a.chain, b.chain)),
    confirm: async (chain, at) => {
      if (database.run("UPDATE chains SET confirmed_at = ? WHERE chain = ?", at, chain) === 0) throw unknownChain(chain);
    },
  };
}

const CHAINS = "SELECT chain, seq, hash, decision_id, confirmed_at, state FROM chains";

interface ChainRow {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  readonly decision_id: string | null;
  readonly confirmed_at: number | null;
  readonly state: string;
}

/** The state is left out when it is known. */
interface HeadRow extends Pick<ChainRow, "chain" | "seq" | "hash" | "confirmed_at"> {
  readonly state: string | null;
}

function headOf(row: ChainRow): ChainHead {
  return { chain: row.chain, seq: row.seq, hash: row.hash, state: JSON.parse(row.state) as ModelState | null, confirmedAt: row.confirmed_at };
}

function append(database: Database, request: AppendRequest): void {
  const { chain, fence, entries, state } = request;
  if (fence !== null) {
    checkFence(fence, database.get<{ readonly holder: string | null; readonly token: number }>("SELECT holder, token FROM leases WHERE name = ?", fence.lease) ?? null);
  }
  const before = database.get<ChainRow>(`${CHAINS} WHERE chain = ?`, chain) ?? null;
  checkAppend(request, before);
  const newest = entries.at(-1) ?? request.expect;
  const confirmedAt = confirmedAfter(request, { decisionId: before?.decision_id ?? null, confirmedAt: before?.confirmed_at ?? null });
  database.run(
    `INSERT INTO chains (chain, seq, hash, decision_id, confirmed_at, state) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash, decision_id = excluded.decision_id, confirmed_at = excluded.confirmed_at, state = excluded.state`,
    chain, newest.seq, newest.hash, state?.decision?.id ?? null, confirmedAt, canonicalJson(state),
  );
  for (const entry of entries) database.run("INSERT INTO entries (chain, seq, entry) VALUES (?, ?, ?)", chain, entry.seq, canonicalJson(entry));
}
