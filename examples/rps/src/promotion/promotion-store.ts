import { setImmediate as otherWork } from "node:timers/promises";

import type { DecisionCount, Period } from "./event-totals.ts";
import { contentKey, eventOf, valuesOf } from "./promotion-row.ts";
import type { PromotionDecision, PromotionEvent, PromotionOrigin, StoredPromotion } from "./promotion-event.ts";
import { reckonTickers, type TickerHistory } from "./reckon-tickers.ts";
import type { Ask, SqlSession } from "./sql-session.ts";

export interface HistoryQuestion {
  readonly limit: number;
  readonly modelType: string | null;
  readonly decision: PromotionDecision | null;
  /** Milliseconds since the Unix epoch; an event at this instant counts too. */
  readonly since: number | null;
}

/** Up to where a chain of Gauntlet's ledger has been read. */
export interface ChainMark {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

export interface Added {
  readonly event: StoredPromotion;
  /** False: it was there, and nothing changed. */
  readonly isNew: boolean;
}

/**
 * Promotion events in one table. Those that came from Gauntlet's ledger are a copy, which may be dropped and read again; the
 * others have no other home. An event that is there already, by its content, is never added twice.
 */
export interface PromotionStore {
  /** All or none of them, in the order of their instants. */
  add(events: readonly PromotionEvent[], origin: Exclude<PromotionOrigin, "ledger">): Promise<readonly Added[]>;
  /** Newest instant first; of equal ones, the one that was written last. */
  list(question: HistoryQuestion): Promise<readonly StoredPromotion[]>;
  /** Null: of all time. */
  count(period: Period | null): Promise<readonly DecisionCount[]>;
  mark(chain: string): Promise<ChainMark | null>;
  /** What a chain says after its mark, and the mark after it, together. */
  follow(mark: ChainMark, events: readonly PromotionEvent[]): Promise<void>;
  /** Drops what was read from a chain that is another one now, and its mark. */
  forget(chain: string): Promise<void>;
  close(): Promise<void>;
}

/** After so many rows, games go on. */
const TURN = 50;

export async function openPromotionStore(session: SqlSession): Promise<PromotionStore> {
  await session.atomically(async (ask) => {
    if (session.lock !== null) await ask(session.lock);
    for (const statement of schema(session)) await ask(statement);
  });
  return {
    add: (events, origin) =>
      session.atomically(async (ask) => {
        const added: Added[] = [];
        for (const event of inOrder(events)) {
          added.push(await addOne(ask, event, { origin, chain: null }));
          if (added.length % TURN === 0) await otherWork();
        }
        return added;
      }),
    list: (question) => session.atomically((ask) => list(ask, question)),
    count: (period) => session.atomically((ask) => count(ask, period)),
    mark: (chain) => session.atomically((ask) => markOf(ask, chain)),
    follow: (mark, events) =>
      session.atomically(async (ask) => {
        for (const event of inOrder(events)) await addOne(ask, event, { origin: "ledger", chain: mark.chain });
        // Another replica may be further: the mark never goes back.
        await ask("INSERT INTO promotion_marks (chain, seq, hash) VALUES (?1, ?2, ?3) ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE excluded.seq > promotion_marks.seq", [mark.chain, mark.seq, mark.hash]);
      }),
    forget: (chain) =>
      session.atomically(async (ask) => {
        await ask("DELETE FROM promotion_events WHERE origin = 'ledger' AND chain = ?1", [chain]);
        await ask("DELETE FROM promotion_marks WHERE chain = ?1", [chain]);
      }),
    close: () => session.close(),
  };
}

/** The documented columns, and beside them what keeps events apart and in order. */
function schema({ words: { key, whole } }: SqlSession): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS promotion_events (
      id ${key}, created_ts_utc TEXT NOT NULL, model_type TEXT NOT NULL, decision TEXT NOT NULL CHECK (decision IN ('swap_production_b', 'retain_production', 'insufficient_data', 'alias_reorder')),
      z_statistic DOUBLE PRECISION, p_value DOUBLE PRECISION,
      production_wins ${whole}, production_total_games ${whole}, b_wins ${whole}, b_total_games ${whole},
      reorder_applied ${whole} NOT NULL CHECK (reorder_applied IN (0, 1)),
      alias_rankings_json TEXT, alias_accuracies_json TEXT, alias_assignments_json TEXT,
      production_games_since_swap ${whole} NOT NULL, b_games_since_swap ${whole} NOT NULL, promotion_cycles_since_swap ${whole} NOT NULL,
      reason TEXT, source TEXT NOT NULL, payload_json TEXT NOT NULL,
      created_ms ${whole} NOT NULL, content_key TEXT NOT NULL UNIQUE, origin TEXT NOT NULL CHECK (origin IN ('ledger', 'report', 'backfill')), chain TEXT
    )`,
    "CREATE INDEX IF NOT EXISTS promotion_events_by_time ON promotion_events (created_ms, id)",
    "CREATE INDEX IF NOT EXISTS promotion_events_by_family ON promotion_events (model_type, created_ms, id)",
    // Counts of all time are answered from it alone, and the newest swap is found by it.
    "CREATE INDEX IF NOT EXISTS promotion_events_by_decision ON promotion_events (model_type, decision, created_ms, id, reorder_applied)",
    `CREATE TABLE IF NOT EXISTS promotion_marks (chain TEXT PRIMARY KEY, seq ${whole} NOT NULL, hash TEXT NOT NULL)`,
  ];
}

async function addOne(ask: Ask, event: PromotionEvent, home: { readonly origin: PromotionOrigin; readonly chain: string | null }): Promise<Added> {
  const key = contentKey(event);
  const tickers = event.tickers ?? reckonTickers(event, await tickerHistory(ask, event));
  const { columns, values } = valuesOf({ ...event, tickers }, { ...home, key });
  const places = columns.map((_, index) => `?${index + 1}`).join(", ");
  const inserted = await ask(`INSERT INTO promotion_events (${columns.join(", ")}) VALUES (${places}) ON CONFLICT (content_key) DO NOTHING RETURNING *`, values);
  if (inserted[0] !== undefined) return { event: eventOf(inserted[0]), isNew: true };
  const [known] = await ask("SELECT * FROM promotion_events WHERE content_key = ?1", [key]);
  return { event: eventOf(known!), isNew: false };
}

async function tickerHistory(ask: Ask, { modelType, at }: PromotionEvent): Promise<TickerHistory> {
  const newest = "ORDER BY created_ms DESC, id DESC LIMIT 1";
  const [swap] = await ask(`SELECT production_total_games, b_total_games FROM promotion_events WHERE model_type = ?1 AND decision = 'swap_production_b' AND created_ms <= ?2 ${newest}`, [modelType, at]);
  const [before] = await ask(`SELECT promotion_cycles_since_swap FROM promotion_events WHERE model_type = ?1 AND created_ms <= ?2 ${newest}`, [modelType, at]);
  const games = (value: unknown): number | null => (value === null ? null : Number(value));
  return { swap: swap === undefined ? null : { productionGames: games(swap["production_total_games"]), bGames: games(swap["b_total_games"]) }, cycles: Number(before?.["promotion_cycles_since_swap"] ?? 0) };
}

async function list(ask: Ask, { limit, modelType, decision, since }: HistoryQuestion): Promise<readonly StoredPromotion[]> {
  const asked = [["model_type =", modelType], ["decision =", decision], ["created_ms >=", since]] as const;
  const given = asked.flatMap(([column, value]) => (value === null ? [] : [{ column, value }]));
  const where = given.map(({ column }, index) => `${column} ?${index + 2}`).join(" AND ");
  const rows = await ask(`SELECT * FROM promotion_events${where === "" ? "" : ` WHERE ${where}`} ORDER BY created_ms DESC, id DESC LIMIT ?1`, [limit, ...given.map(({ value }) => value)]);
  return rows.map(eventOf);
}

async function count(ask: Ask, period: Period | null): Promise<readonly DecisionCount[]> {
  const rows = await ask(`SELECT model_type, decision, count(*) AS events, sum(reorder_applied) AS reorders FROM promotion_events${period === null ? "" : " WHERE created_ms >= ?1 AND created_ms < ?2"} GROUP BY model_type, decision ORDER BY model_type, decision`, period === null ? [] : [period.from, period.until]);
  return rows.map((row) => ({ modelType: String(row["model_type"]), decision: row["decision"] as DecisionCount["decision"], events: Number(row["events"]), reorders: Number(row["reorders"]) }));
}

async function markOf(ask: Ask, chain: string): Promise<ChainMark | null> {
  const [row] = await ask("SELECT seq, hash FROM promotion_marks WHERE chain = ?1", [chain]);
  return row === undefined ? null : { chain, seq: Number(row["seq"]), hash: String(row["hash"]) };
}

function inOrder(events: readonly PromotionEvent[]): readonly PromotionEvent[] {
  return events.toSorted((one, other) => one.at - other.at);
}
