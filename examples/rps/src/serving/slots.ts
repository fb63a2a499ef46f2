/** Who plays with whom: the first two take part in games, the others only guess beside them. */
export type Slot = "Production" | "B" | "shadow1" | "shadow2";

/** A version of a model that is ready to be asked. */
export interface ServedModel {
  readonly version: string;
  readonly runId: string;
  /** Chances of the user's next move, in canonical order. */
  readonly predict: (features: Float32Array) => ArrayLike<number>;
}
