/** `live` answers were acted on; `shadow` answers were computed beside them and thrown away. */
export type Mode = "live" | "shadow";

/** What was observed after one version answered one request. */
export interface Outcome {
  /** Joins the live answer, its shadow and the label that comes later. Unique per (request, version). */
  readonly requestId: string;
  /** When it was served, milliseconds since the Unix epoch. */
  readonly at: number;
  readonly model: string;
  readonly version: string;
  /** The slot it was served from, for example `champion`. */
  readonly slot: string;
  readonly mode: Mode;
  /** The allocation epoch in force when it was served. */
  readonly epoch: number;
  /** The unit that was bucketed (a user, a card, a mail). */
  readonly unit: string;
  /** The binary answer at the version's own threshold; null when there is none (an error). */
  readonly prediction: boolean | null;
  /** Measurements by metric name, for example `latency_ms` or `error` (0 or 1). */
  readonly metrics: Readonly<Record<string, number>>;
}

/** The truth about one request, which may arrive late and be corrected. The highest revision is in force. */
export interface Label {
  readonly requestId: string;
  readonly model: string;
  /** 1 for the first label; a correction carries a higher number. History is kept. */
  readonly revision: number;
  readonly truth: boolean;
  readonly source: string;
  readonly labelledAt: number;
}

/** What became known about a request later: a plan was accepted, edited, its cost billed. It may come before its outcome. */
export interface FollowUp {
  /** Chosen by the sender; sent again for the same request it counts once. */
  readonly id: string;
  readonly requestId: string;
  readonly model: string;
  /** When it happened, milliseconds since the Unix epoch. It counts in the time bucket, version, slot and unit of its outcome. */
  readonly at: number;
  /** Numbers from 0 up by name, each a field of a ratio of the policy. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What the store keeps of an outcome when a check must join it with its label, its pair or its follow-ups. */
export interface Prediction {
  readonly requestId: string;
  readonly model: string;
  readonly version: string;
  readonly slot: string;
  readonly mode: Mode;
  readonly epoch: number;
  readonly at: number;
  readonly prediction: boolean | null;
  /** Where the epoch has ratios: the unit they are clustered by, and the outcome's own fields of ratios, in thousandths. */
  readonly forRatios?: { readonly unit: string; readonly fields: Readonly<Record<string, number>> };
}
