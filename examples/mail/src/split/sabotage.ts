import type { SpamModel } from "../learn/model.ts";

/**
 * The version with its features in the wrong order: the two bytes of every feature's index are swapped, as when one
 * side writes them big-endian and the other reads them little-endian. All else is as it should be: the same
 * weights in another order, the same threshold, a valid artifact that names the right order of features.
 */
export function withFeaturesOutOfOrder(model: SpamModel): SpamModel {
  const weights = model.weights.map((_, index) => model.weights[((index & 0xff) << 8) | (index >> 8)]!);
  return { ...model, name: `${model.name}-out-of-order`, weights };
}
