import type { FamilyPromotions } from "../metrics/promotion-gauges.ts";
import { MODEL_NAMES } from "../serving/slots.ts";
import type { DecisionCount, Period } from "./event-totals.ts";
import { followLedger, type ReadChain } from "./follow-ledger.ts";
import { PROMOTION_DECISIONS, type PromotionDecision, type PromotionEvent, type StoredPromotion } from "./promotion-event.ts";
import type { Added, HistoryQuestion, PromotionStore } from "./promotion-store.ts";

/**
 * Promotions of Gauntlet's ledger and those that others reported, in one order of time. Every question first reads what the
 * ledger gained, so that an answer is never older than the ledger. @throws Failure `…_unavailable` when it can't be read
 */
export interface PromotionLedger {
  /** Newest first. */
  history(question: HistoryQuestion): Promise<readonly StoredPromotion[]>;
  count(period: Period): Promise<readonly DecisionCount[]>;
  /** The same report twice is one event. */
  report(event: PromotionEvent): Promise<Added>;
  /** All or none. */
  backfill(events: readonly PromotionEvent[]): Promise<{ readonly added: number; readonly known: number }>;
  /** For the gauges of /metrics. */
  figures(): Promise<readonly FamilyPromotions[]>;
}

export function createPromotionLedger({ store, readChain }: { readonly store: PromotionStore; readonly readChain: ReadChain }): PromotionLedger {
  let following: Promise<void> | null = null;
  /** Those who ask while the ledger is being read wait for the reading after it: theirs may have begun too early. */
  const follow = async (): Promise<void> => {
    const before = following;
    if (before !== null) await before.catch(() => undefined);
    following ??= followLedger(store, readChain).finally(() => {
      following = null;
    });
    return following;
  };
  return {
    async history(question) {
      await follow();
      return store.list(question);
    },
    async count(period) {
      await follow();
      return store.count(period);
    },
    async report(event) {
      // Cycles since the swap are reckoned from all events, those of the ledger too.
      await follow();
      const [added] = await store.add([event], "report");
      return added!;
    },
    async backfill(events) {
      await follow();
      const added = (await store.add(events, "backfill")).filter(({ isNew }) => isNew).length;
      return { added, known: events.length - added };
    },
    async figures() {
      await follow();
      const counts = await store.count(null);
      const families = [...new Set([...Object.keys(MODEL_NAMES), ...counts.map(({ modelType }) => modelType)])].slice(0, FAMILIES_MAX);
      return Promise.all(families.map(async (modelType) => familyOf(modelType, counts, (await store.list({ limit: 1, modelType, decision: null, since: null }))[0] ?? null)));
    },
  };
}

/** An export may name many families that are gone, and each would be a dozen series. */
const FAMILIES_MAX = 20;

function familyOf(modelType: string, counts: readonly DecisionCount[], newest: StoredPromotion | null): FamilyPromotions {
  const own = counts.filter((count) => count.modelType === modelType);
  const events = (decision: PromotionDecision): number => own.find((count) => count.decision === decision)?.events ?? 0;
  return {
    modelType,
    newest,
    decisions: Object.fromEntries(PROMOTION_DECISIONS.map((decision) => [decision, events(decision)])) as Record<PromotionDecision, number>,
    reorders: own.reduce((sum, { reorders }) => sum + reorders, 0),
  };
}
