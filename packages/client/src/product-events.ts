import type { ProductEvent, ProductEventBatchAnswer } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, Connection } from "./connection.ts";
import type { Sent } from "./sent.ts";

export interface ProductEvents {
  /** What happened to units, at most 1000 events a call. It is sent again after a failure only where every event has an `event_id`, by which it counts once. */
  record(events: readonly Sent<ProductEvent>[], options?: CallOptions): Promise<ProductEventBatchAnswer>;
}

export function productEvents(server: Connection): ProductEvents {
  return {
    record: (events, options) =>
      server.json({ method: "POST", path: paths.productEventBatch, body: { events }, key: null, repeatable: events.every(({ event_id: id }) => id !== undefined), options }),
  };
}
