import type { EvidenceSeries, Fleet, HealthReport, ModelDetail, PredictCall, Predicted, RampSeries, RatingProgress, SlotsProgress, SourceReport } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, Connection } from "./connection.ts";
import { read } from "./read.ts";

export interface Models {
  list(options?: CallOptions): Promise<Fleet>;
  /** State, newest decision, aliases, split. @throws Failure `not_found` */
  get(model: string, options?: CallOptions): Promise<ModelDetail>;
  /** Of the newest rollout, over time. */
  evidence(model: string, options?: CallOptions): Promise<EvidenceSeries>;
  ramp(model: string, options?: CallOptions): Promise<RampSeries>;
  /** How far a promotion by matches is. */
  rating(model: string, options?: CallOptions): Promise<RatingProgress>;
  /** Where the newest cycle of slots stands, with its epoch. */
  slots(model: string, options?: CallOptions): Promise<SlotsProgress>;
  /** The health of the evidence of every rollout that runs. */
  health(options?: CallOptions): Promise<HealthReport>;
  sources(options?: CallOptions): Promise<SourceReport>;
  /** One request through the inference gateway. It is never sent twice: each is an observation. */
  predict(model: string, call: PredictCall, options?: CallOptions): Promise<Predicted>;
}

export function models(server: Connection): Models {
  return {
    list: (options) => read(server, paths.models, options),
    get: (model, options) => read(server, paths.model(model), options),
    evidence: (model, options) => read(server, paths.evidence(model), options),
    ramp: (model, options) => read(server, paths.ramp(model), options),
    rating: (model, options) => read(server, paths.rating(model), options),
    slots: (model, options) => read(server, paths.slots(model), options),
    health: (options) => read(server, paths.health, options),
    sources: (options) => read(server, paths.sources, options),
    predict: (model, body, options) => server.json({ method: "POST", path: paths.predict(model), body, key: null, repeatable: false, options }),
  };
}
