import type { BaselinesReport, MonitorDetail, MonitorList, ParticipantAct, ParticipantReport } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, ChangeOptions, Connection } from "./connection.ts";
import { change, query, read } from "./read.ts";
import type { Sent } from "./sent.ts";

export interface Monitor {
  /** Everything that is or was watched, and who is told. */
  list(options?: CallOptions): Promise<MonitorList>;
  /** What became of a promoted model; `limit`: of its checks, 200 by default. @throws Failure `not_found` */
  model(model: string, of?: { readonly limit?: number }, options?: CallOptions): Promise<MonitorDetail>;
  /**
   * Whether a participant of the matches became worse, by hand or after each cycle of a training loop. Remembered by the
   * server: only with new matches it is another check. Nothing is rolled back by it.
   */
  check(call: Sent<ParticipantAct>, options?: ChangeOptions): Promise<ParticipantReport>;
  /** A participant against several that served before. */
  compare(call: BaselinesCall, options?: CallOptions): Promise<BaselinesReport>;
}

export interface BaselinesCall {
  readonly participant: string;
  readonly baselines: readonly string[];
  /** Left out: square8, 2, −30 and compat. */
  readonly board?: string;
  readonly numPlayers?: number;
  readonly threshold?: number;
  readonly mode?: "strict" | "compat";
}

export function monitor(server: Connection): Monitor {
  return {
    list: (options) => read(server, paths.monitor, options),
    model: (model, of = {}, options = {}) => read(server, paths.monitorOf(`model:${model}`) + query({ ...of }), options),
    check: (body, options) => change(server, { path: paths.monitorChecks, body, options }),
    compare: ({ baselines, ...asked }, options) => read(server, paths.monitorBaselines + query({ ...asked, baseline: baselines }), options),
  };
}
