import { Hono } from "hono";

import type { PromotionLedger } from "./promotion-ledger.ts";

/** `/report`, `/history` and `/event_totals`, to be mounted at `/internal/promotion` behind the app's own authentication. */
export function promotionRoutes(_options: { readonly ledger: PromotionLedger; readonly now: () => number }): Hono {
  return new Hono();
}
