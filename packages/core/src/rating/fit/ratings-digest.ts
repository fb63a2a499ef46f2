import { digestOf } from "../../digest/digest-of.ts";
import type { RatingFit } from "./fit-ratings.ts";

/** SHA-256 of everything a fit says and of the model it says it under: nodes with equal matches have equal digests. */
export function ratingsDigest({ participants, parameters, group, model, ties }: RatingFit): string {
  return digestOf({ participants, parameters: [...parameters], group: [...group], tieSizes: ties.map(({ size }) => size), model: { ...model, anchors: [...model.anchors].toSorted(([a], [b]) => (a < b ? -1 : 1)) } });
}
