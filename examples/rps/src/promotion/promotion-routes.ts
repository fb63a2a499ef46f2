import { Failure } from "@gauntlet/core";
import { Hono, type Context } from "hono";

import { parseBackfill } from "./parse-backfill.ts";
import { eventTotals } from "./event-totals.ts";
import { aliasLists, historyRow } from "./history-row.ts";
import { parseInstant } from "./parse-instant.ts";
import { PROMOTION_DECISIONS, type PromotionDecision } from "./promotion-event.ts";
import type { PromotionLedger } from "./promotion-ledger.ts";
import type { Added, HistoryQuestion } from "./promotion-store.ts";
import { parseReport } from "./report-payload.ts";

export interface PromotionRoutesOptions {
  readonly ledger: PromotionLedger;
  readonly now: () => number;
}

const DAY_MS = 86_400_000;

/**
 * `POST /report`, `POST /backfill`, `GET /history` and `GET /event_totals`, to be mounted at `/internal/promotion` behind the
 * app's own authentication. Whatever is wrong is thrown as a Failure, before anything is recorded.
 */
export function promotionRoutes({ ledger, now }: PromotionRoutesOptions): Hono {
  return new Hono()
    .post("/report", async (c) => c.json(reportAnswer(await ledger.report(parseReport(await bodyOf(c), { now: now(), origin: "report" })))))
    .post("/backfill", async (c) => c.json({ success: true, ...(await ledger.backfill(await parseBackfill(await c.req.text(), now()))) }))
    .get("/history", async (c) => c.json((await ledger.history(questionOf(c))).map(historyRow)))
    .get("/event_totals", async (c) => {
      const period = { from: now() - wholeNumber(c, "days", { fallback: 7, max: 90 }) * DAY_MS, until: now() };
      return c.json(eventTotals(await ledger.count(period), period));
    });
}

function reportAnswer({ event }: Added) {
  return {
    success: true,
    model_type: event.modelType,
    decision: event.decision,
    reorder_applied: event.reorderApplied,
    ...aliasLists(event),
    reason: event.reason,
    production_games_since_swap: event.tickers.productionGames,
    b_games_since_swap: event.tickers.bGames,
    promotion_cycles_since_swap: event.tickers.cycles,
    event_id: event.id,
  };
}

async function bodyOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (error) {
    throw new Failure("invalid_input", "the body is no JSON", { fix: "send one report as a JSON object", cause: error });
  }
}

function questionOf(c: Context): HistoryQuestion {
  const given = (name: string): string | null => {
    const value = c.req.query(name)?.trim() ?? "";
    return value === "" ? null : value;
  };
  const since = given("since");
  const at = since === null ? null : parseInstant(since);
  if (since !== null && at === null) throw invalid("since", "is no instant in ISO 8601, such as 2026-01-31T09:30:00+02:00");
  return { limit: wholeNumber(c, "limit", { fallback: 20, max: 200 }), modelType: given("model_type")?.toLowerCase() ?? null, decision: decisionOf(given("decision")), since: at };
}

function decisionOf(text: string | null): PromotionDecision | null {
  if (text === null) return null;
  const decision = PROMOTION_DECISIONS.find((known) => known === text.toLowerCase());
  if (decision === undefined) throw invalid("decision", `is none of ${PROMOTION_DECISIONS.join(", ")}`);
  return decision;
}

function wholeNumber(c: Context, name: string, { fallback, max }: { readonly fallback: number; readonly max: number }): number {
  const text = c.req.query(name);
  if (text === undefined || text === "") return fallback;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw invalid(name, `is no whole number from 1 to ${max}`);
  return value;
}

function invalid(name: string, detail: string): Failure {
  return new Failure("invalid_input", `the query's ${name} ${detail}`, { fix: `mend or leave out ${name}`, problems: [{ pointer: `/${name}`, detail }] });
}
