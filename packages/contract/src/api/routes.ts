import type { ExperimentVerb } from "./experiment.ts";

/** Every path of the API, built in one place for server, client and console. */
export const paths = {
  models: "/v1/models",
  model: (model: string) => `/v1/models/${encodeURIComponent(model)}`,
  evidence: (model: string) => `/v1/models/${encodeURIComponent(model)}/evidence`,
  ramp: (model: string) => `/v1/models/${encodeURIComponent(model)}/ramp`,
  /** How far a promotion by matches is. */
  rating: (model: string) => `/v1/models/${encodeURIComponent(model)}/rating`,
  slots: (model: string) => `/v1/models/${encodeURIComponent(model)}/slots`,
  ledger: (model: string) => `/v1/models/${encodeURIComponent(model)}/ledger`,
  rollouts: (model: string) => `/v1/models/${encodeURIComponent(model)}/rollouts`,
  act: (model: string, act: OperatorVerb) => `/v1/models/${encodeURIComponent(model)}/${act}`,
  decision: (id: string) => `/v1/decisions/${encodeURIComponent(id)}`,
  document: (id: string, format: "md" | "yaml") => `/v1/decisions/${encodeURIComponent(id)}/document?format=${format}`,
  /** Of the key that documents are signed with. */
  signingKey: "/v1/signing-key",
  /** Where the newest rollout stands, for whoever waits for it. */
  verdict: (model: string, challenger?: string) => `/v1/models/${encodeURIComponent(model)}/verdict${challenger === undefined ? "" : `?challenger=${encodeURIComponent(challenger)}`}`,
  /** Flagger's webhooks. */
  gate: (model: string, gate: "confirm-rollout" | "confirm-promotion" | "rollback") => `/v1/models/${encodeURIComponent(model)}/gates/${gate}`,
  /** Why a rollout ended as it did. */
  analysis: (model: string, format: "json" | "md" | "svg", rollout?: string) => `/v1/models/${encodeURIComponent(model)}/analysis?format=${format}${rollout === undefined ? "" : `&rollout=${encodeURIComponent(rollout)}`}`,
  /** The health of the evidence of every rollout that runs. */
  health: "/v1/health/rollouts",
  /** The sources of evidence: reachable, and how fresh. */
  sources: "/v1/sources",
  outcomes: "/v1/outcomes",
  /** What products report about units, in the shape of the planner's event service. */
  productEvents: "/api/v1/events",
  productEventBatch: "/api/v1/events/batch",
  /** OpenTelemetry's logs, as OTLP over HTTP. */
  otlpLogs: "/v1/logs",
  labels: "/v1/labels",
  followUps: "/v1/follow-ups",
  verify: "/v1/ledger/verify",
  /** Every entry, one JSON object a line. */
  export: "/v1/ledger/export",
  /** Decides now instead of at the loop's next turn. */
  tick: (model: string) => `/v1/models/${encodeURIComponent(model)}/tick`,
  /** What would be decided now, or what the start of a rollout would do; changes nothing. */
  preview: (model: string) => `/v1/models/${encodeURIComponent(model)}/preview`,
  /** Tries a policy in a made world. */
  simulations: "/v1/simulations",
  experiments: "/v1/experiments",
  experiment: (idOrName: string) => `/v1/experiments/${encodeURIComponent(idOrName)}`,
  experimentAct: (idOrName: string, verb: ExperimentVerb) => `/v1/experiments/${encodeURIComponent(idOrName)}/${verb}`,
  experimentJournal: (idOrName: string) => `/v1/experiments/${encodeURIComponent(idOrName)}/journal`,
  experimentMetrics: (idOrName: string) => `/v1/experiments/${encodeURIComponent(idOrName)}/metrics`,
  policyVersions: "/v1/policy-versions",
  policyVersionDefault: (id: string) => `/v1/policy-versions/${encodeURIComponent(id)}/default`,
  replays: "/v1/replays",
  /** What this node holds of matches, by configuration. */
  ratings: "/v1/ratings",
  matchImport: "/v1/ratings/matches",
  match: (id: string) => `/v1/ratings/matches/${encodeURIComponent(id)}`,
  matchAct: (id: string, act: "resolve" | "purge") => `/v1/ratings/matches/${encodeURIComponent(id)}/${act}`,
  conflicts: "/v1/ratings/conflicts",
  ratingConfig: (config: string, view: "ladder" | "matrix" | "trajectories" | "matches") => `/v1/ratings/configs/${encodeURIComponent(config)}/${view}`,
  /** Messages of a session with another node. */
  syncSession: "/api/v1/ratings/sync",
  syncRuns: "/v1/ratings/sync-runs",
  syncPeers: "/v1/ratings/peers",
  /** Reconcile with peers now. */
  reconcile: "/v1/ratings/reconcile",
  drift: "/v1/ratings/drift",
  /** What is watched after its promotion. */
  monitor: "/v1/monitor",
  monitorOf: (subject: string) => `/v1/monitor/subjects/${encodeURIComponent(subject)}`,
  /** Who is told what happens, and what they were told. */
  hooks: "/v1/hooks",
  hookTest: (hook: string) => `/v1/hooks/${encodeURIComponent(hook)}/test`,
  hookDelivery: (delivery: string) => `/v1/hooks/deliveries/${encodeURIComponent(delivery)}`,
  hookReplay: (delivery: string) => `/v1/hooks/deliveries/${encodeURIComponent(delivery)}/replay`,
  /** Questions about participants, by hand. */
  monitorChecks: "/v1/monitor/checks",
  monitorBaselines: "/v1/monitor/baselines",
  /** The planner's assignment service. */
  assignments: "/api/v1/assignments",
  /** OpenFeature's remote evaluation of one flag. */
  evaluate: (flag: string) => `/ofrep/v1/evaluate/flags/${encodeURIComponent(flag)}`,
  /** The same of all flags. */
  evaluateAll: "/ofrep/v1/evaluate/flags",
  /** Where MLflow sends its webhooks. */
  mlflowWebhooks: "/v1/webhooks/mlflow",
  tokens: "/v1/tokens",
  token: (idOrName: string) => `/v1/tokens/${encodeURIComponent(idOrName)}`,
  /** Server-sent events: `event: model`, data {"model","seq"}; the id is resumable with Last-Event-ID. */
  events: "/v1/events",
  predict: (model: string) => `/v1/models/${encodeURIComponent(model)}/predict`,
} as const;

export type OperatorVerb = "approve" | "hold" | "resume" | "reject" | "promote" | "rollback";
