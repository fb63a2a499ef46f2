import type { ChainHead, Controller, Store, TickResult } from "@gauntlet/controller";
import { Registry } from "prom-client";

import { followMonitor } from "./follow-monitor.ts";
import { countFailure, followPromotions } from "./follow-promotions.ts";
import { followSync, newestRuns } from "./follow-sync.ts";
import { ratingInstruments } from "./rating-instruments.ts";

/** Metrics of ratings: promotions by them, sessions with peers, drift, and what watches versions after their promotion. */
export interface RatingMetrics {
  /** A promotion that would have been carried out now, and was not, since it was only asked about. */
  previewed(promotion: string): void;
  /** What a tick of this process came to. */
  ticked(result: TickResult): void;
  /** Empty where nothing of this is used. */
  render(heads: readonly ChainHead[]): Promise<string>;
}

/** Counts what happens from now on; a page is never asked for while another is being made. */
export function ratingMetrics({ store, clock }: { readonly store: Pick<Store, "ledger" | "sync" | "monitor">; readonly clock: Controller["clock"] }): RatingMetrics {
  const registry = new Registry();
  const instruments = ratingInstruments(registry);
  const { counters } = instruments;
  let isUsed = false;
  let following: ReturnType<typeof begin> | null = null;
  follow().catch(() => undefined);

  async function begin() {
    const [heads, runs, monitor] = await Promise.all([store.ledger.heads(), newestRuns(store), followMonitor({ store, clock }, instruments)]);
    return { promotions: followPromotions(store, instruments, heads), sync: followSync(store, instruments, runs), monitor };
  }

  /** Where the store does not answer yet, it begins with the next page. */
  function follow(): ReturnType<typeof begin> {
    following ??= begin().catch((error: unknown) => {
      following = null;
      throw error;
    });
    return following;
  }

  return {
    previewed(promotion) {
      isUsed = true;
      counters.executions.add({ promotion_type: promotion, result: "dry_run" }, 1);
    },
    ticked(result) {
      if (result.kind === "waiting" && countFailure(counters, result.state)) isUsed = true;
    },
    async render(heads) {
      const { promotions, sync, monitor } = await follow();
      await promotions.read(heads);
      const hasSync = await sync.read();
      const hasMonitor = await monitor.read(heads);
      isUsed ||= hasSync || hasMonitor || heads.some(({ state }) => state?.rollout?.policy.kind === "rating");
      if (!isUsed) return "";
      for (const promotion_type of promotionsOf(heads)) for (const result of ["success", "failure"]) counters.executions.show({ promotion_type, result });
      const page = await registry.metrics();
      for (const counter of Object.values(counters)) counter.shown();
      return page;
    },
  };
}

/** Types that may be carried out soon. */
function promotionsOf(heads: readonly ChainHead[]): ReadonlySet<string> {
  return new Set(heads.flatMap(({ state }) => (state?.rollout?.policy.kind === "rating" ? [state.rollout.policy.promotion] : [])));
}
