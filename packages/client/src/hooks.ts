import type { HookDelivery, HookDeliveryDetail, HookList } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, ChangeOptions, Connection } from "./connection.ts";
import { change, query, read } from "./read.ts";

export interface Hooks {
  /** Who is told and whether they hear it, and the newest deliveries: 100 by default, and of one hook, outcome or kind of event where it is named. */
  list(of?: { readonly hook?: string; readonly status?: HookDelivery["status"]; readonly event?: HookDelivery["event"]; readonly limit?: number }, options?: CallOptions): Promise<HookList>;
  /** One of them, with what is sent. @throws Failure `not_found` */
  delivery(id: string, options?: CallOptions): Promise<HookDeliveryDetail>;
  /** Tells a delivery again that was settled. @throws Failure `not_found`, `conflict` while it is pending */
  replay(delivery: string, options?: ChangeOptions): Promise<HookDelivery>;
  /** Tells a hook a test event, and what came of it. @throws Failure `not_found` */
  test(hook: string, options?: ChangeOptions): Promise<HookDelivery>;
}

export function hooks(server: Connection): Hooks {
  return {
    list: (of = {}, options = {}) => read(server, paths.hooks + query({ ...of }), options),
    delivery: (id, options = {}) => read(server, paths.hookDelivery(id), options),
    replay: (delivery, options) => change(server, { path: paths.hookReplay(delivery), body: {}, options }),
    test: (hook, options) => change(server, { path: paths.hookTest(hook), body: {}, options }),
  };
}
