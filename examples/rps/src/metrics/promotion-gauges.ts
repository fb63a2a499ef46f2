import { PROMOTION_DECISIONS, type PromotionDecision, type StoredPromotion } from "../promotion/promotion-event.ts";
import type { Instruments } from "./instruments.ts";

/** What the promotion ledger says of one family. */
export interface FamilyPromotions {
  readonly modelType: string;
  readonly newest: StoredPromotion | null;
  /** How many cycles ended with each decision. */
  readonly decisions: Readonly<Record<PromotionDecision, number>>;
  readonly reorders: number;
}

/** Sets the page's figures of promotions anew; null when the ledger can't be read, and then none is shown. */
export function showPromotions(instruments: Pick<Instruments, "promotion" | "ab">, families: readonly FamilyPromotions[] | null): void {
  const { promotion, ab } = instruments;
  for (const metric of Object.values(promotion)) metric.reset();
  ab.lift.reset();
  promotion.readable.set(families === null ? 0 : 1);
  for (const family of families ?? []) {
    const model = family.modelType;
    for (const decision of PROMOTION_DECISIONS) promotion.events.inc({ model, decision }, family.decisions[decision]);
    promotion.reorders.inc({ model }, family.reorders);
    if (family.newest !== null) showNewest(instruments, family.newest);
  }
}

function showNewest({ promotion, ab }: Pick<Instruments, "promotion" | "ab">, event: StoredPromotion): void {
  const model = event.modelType;
  for (const decision of PROMOTION_DECISIONS) promotion.state.set({ model, decision }, decision === event.decision ? 1 : 0);
  if (event.zStatistic !== null) promotion.z.set({ model }, event.zStatistic);
  if (event.pValue !== null) promotion.p.set({ model }, event.pValue);
  for (const { alias, rank } of event.rankings) promotion.rank.set({ model, alias }, rank);
  promotion.gamesSinceSwap.set({ model, alias: "Production" }, event.tickers.productionGames);
  promotion.gamesSinceSwap.set({ model, alias: "B" }, event.tickers.bGames);
  promotion.cyclesSinceSwap.set({ model }, event.tickers.cycles);
  promotion.decidedAt.set({ model }, event.at / 1000);
  const [production, b] = [event.production, event.b].map(({ wins, games }) => (wins === null || games === null || games === 0 ? null : wins / games));
  if (production != null && b != null) ab.lift.set({ model }, b - production);
}
