import type { BaselinesQuestion, BaselinesReport, MonitorDetail, MonitorList, ParticipantQuestion, ParticipantReport } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, ChangeOptions, Connection } from "./connection.ts";
import { change, query, read } from "./read.ts";
import type { Sent } from "./sent.ts";

export interface Monitor {
  /** Everything that is or was watched, and who is told. */
  list(options?: CallOptions): Promise<MonitorList>;
  /** What became of a promoted model; `limit`: of its checks, 200 by default. @throws Failure `not_found` */
  model(model: string, of?: { readonly limit?: number }, options?: CallOptions): Promise<MonitorDetail>;
  /** The same of any subject, as the list names them: `model:<name>`, or `participant:<configuration>:<id>`. */
  subject(subject: string, of?: { readonly limit?: number }, options?: CallOptions): Promise<MonitorDetail>;
  /**
   * Whether a participant of the matches became worse, by hand or after each cycle of a training loop. Remembered by the
   * server: only with new matches it is another check. Nothing is rolled back by it.
   */
  check(question: Sent<ParticipantQuestion>, options?: ChangeOptions): Promise<ParticipantReport>;
  /** A participant against several that served before. */
  compare(question: Sent<BaselinesQuestion>, options?: CallOptions): Promise<BaselinesReport>;
}

export function monitor(server: Connection): Monitor {
  const subject: Monitor["subject"] = (of, page = {}, options = {}) => read(server, paths.monitorOf(of) + query({ ...page }), options);
  return {
    list: (options) => read(server, paths.monitor, options),
    model: (model, page, options) => subject(`model:${model}`, page, options),
    subject,
    check: (body, options) => change(server, { path: paths.monitorChecks, body, options }),
    compare: ({ baselines, ...asked }, options) => read(server, paths.monitorBaselines + query({ ...asked, baseline: baselines }), options),
  };
}
