/** A version of the spam filter: what it scores with, and when a score counts as spam. */
export interface SpamModel {
  readonly name: string;
  /** Weights by feature index, `DIMENSIONS` of them. */
  readonly weights: Float32Array;
  readonly bias: number;
  /** Belongs to the version: chosen on its own training mails, and shipped with the weights. */
  readonly threshold: number;
  readonly trainedOn: TrainedOn;
  /** Digest of the order of features the weights are meant for (`featureOrderDigest`). */
  readonly featureOrder: string;
}

export interface TrainedOn {
  /** Arrival of the first and of the last training mail, milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
  readonly mails: number;
  readonly spam: number;
}
