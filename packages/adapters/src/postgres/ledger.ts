import { checkAppend, checkFence, compareText, confirmedAfter, unknownChain } from "@gauntlet/controller";
import type { AppendRequest, ChainHead, Fence, LedgerStore } from "@gauntlet/controller";
import { canonicalJson } from "@gauntlet/core";
import type { LedgerEntry, ModelState } from "@gauntlet/core";
import { knownStates } from "../sql/known-states.ts";
import type { Database, Queries } from "./database.ts";
import { sharedReads } from "./shared-reads.ts";

export function postgresLedger(database: Database): LedgerStore {
  const states = knownStates();
  return {
    append: (request) => database.transaction(`ledger ${request.chain}`, (queries) => append(queries, request)),
    read: async (chain, after, limit) => {
      const rows = await database.all<{ readonly entry: string }>("SELECT entry FROM @.entries WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3", chain, after, limit);
      return rows.map((row) => JSON.parse(row.entry) as LedgerEntry);
    },
    head: sharedReads(async (chain) => {
      const known = states.of(chain);
      const [row] = await database.all<HeadRow>("SELECT chain, seq, hash, confirmed_at, CASE WHEN hash = $2 THEN NULL ELSE state END AS state FROM @.chains WHERE chain = $1", chain, known.hash);
      return row === undefined ? null : { chain, seq: row.seq, hash: row.hash, state: states.read(row, known), confirmedAt: row.confirmed_at };
    }),
    heads: async () => {
      const rows = await database.all<ChainRow>(CHAINS);
      return rows.map(headOf).toSorted((a, b) => compareText(a.chain, b.chain));
    },
    confirm: async (chain, at) => {
      if ((await database.run("UPDATE @.chains SET confirmed_at = $2 WHERE chain = $1", chain, at)) === 0) throw unknownChain(chain);
    },
  };
}

const CHAINS = "SELECT chain, seq, hash, decision_id, confirmed_at, state FROM @.chains";

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

async function append(queries: Queries, request: AppendRequest): Promise<void> {
  const { chain, fence, entries, state } = request;
  if (fence !== null) checkFence(fence, await lockLease(queries, fence));
  const [row] = await queries.all<ChainRow>(`${CHAINS} WHERE chain = $1 FOR UPDATE`, chain);
  const before = row ?? null;
  checkAppend(request, before);
  const newest = entries.at(-1) ?? request.expect;
  const confirmedAt = confirmedAfter(request, { decisionId: before?.decision_id ?? null, confirmedAt: before?.confirmed_at ?? null });
  await queries.run(
    `INSERT INTO @.chains (chain, seq, hash, decision_id, confirmed_at, state) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, decision_id = excluded.decision_id, confirmed_at = excluded.confirmed_at, state = excluded.state`,
    chain,
    newest.seq,
    newest.hash,
    state?.decision?.id ?? null,
    confirmedAt,
    canonicalJson(state),
  );
  await queries.run(
    "INSERT INTO @.entries (chain, seq, entry) SELECT $1, * FROM unnest($2::bigint[], $3::text[])",
    chain,
    entries.map((entry) => entry.seq),
    entries.map((entry) => canonicalJson(entry)),
  );
}

/** The lease can't change hands before the append is committed. */
async function lockLease(queries: Queries, fence: Fence): Promise<{ readonly holder: string | null; readonly token: number } | null> {
  const [lease] = await queries.all<{ readonly holder: string | null; readonly token: number }>("SELECT holder, token FROM @.leases WHERE name = $1 FOR SHARE", fence.lease);
  return lease ?? null;
}
