import type { ExperimentActs, ExperimentJournal, ExperimentMetrics, ExperimentVerb, ExperimentView, NewExperiment } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, ChangeOptions, Connection } from "./connection.ts";
import { change, query, read } from "./read.ts";
import type { Sent } from "./sent.ts";

/** An experiment is named by its id or its name. */
export interface Experiments {
  list(options?: CallOptions): Promise<readonly ExperimentView[]>;
  get(experiment: string, options?: CallOptions): Promise<ExperimentView>;
  /** A draft: nobody is split by it before it is activated. */
  create(experiment: Sent<NewExperiment>, options?: ChangeOptions): Promise<ExperimentView>;
  /** Each change names the epoch that was read; another one is a conflict. */
  act<Verb extends ExperimentVerb>(experiment: string, act: { readonly verb: Verb } & Sent<ExperimentActs[Verb]>, options?: ChangeOptions): Promise<ExperimentView>;
  /** Every change, oldest first. */
  journal(experiment: string, options?: CallOptions): Promise<ExperimentJournal>;
  /** `from` and `to` in milliseconds since the Unix epoch. */
  metrics(experiment: string, of?: { readonly bucket?: "hourly" | "daily"; readonly from?: number; readonly to?: number }, options?: CallOptions): Promise<ExperimentMetrics>;
}

export function experiments(server: Connection): Experiments {
  return {
    list: async (options) => (await read<{ readonly experiments: readonly ExperimentView[] }>(server, paths.experiments, options)).experiments,
    get: (experiment, options) => read(server, paths.experiment(experiment), options),
    create: (body, options) => change(server, { path: paths.experiments, body, options }),
    act: (experiment, { verb, ...body }, options) => change(server, { path: paths.experimentAct(experiment, verb), body, options }),
    journal: (experiment, options) => read(server, paths.experimentJournal(experiment), options),
    metrics: (experiment, of = {}, options = {}) => read(server, paths.experimentMetrics(experiment) + query({ ...of }), options),
  };
}
