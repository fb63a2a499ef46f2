/** The optimiser of Kingma & Ba (2015), algorithm 1, with the weight decay added to the gradient as an L2 penalty. */
export interface Adam {
  learningRate: number;
  readonly step: (parameters: Float64Array, gradient: Float64Array) => void;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export function adam(size: number, rule: { readonly learningRate: number; readonly weightDecay: number }): Adam {
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  let steps = 0;
  const optimiser: Adam = {
    learningRate: rule.learningRate,
    step: (parameters, gradient) => {
      steps++;
      const scale = (optimiser.learningRate * Math.sqrt(1 - BETA2 ** steps)) / (1 - BETA1 ** steps);
      const epsilon = EPSILON * Math.sqrt(1 - BETA2 ** steps);
      for (let i = 0; i < size; i++) {
        const slope = gradient[i]! + rule.weightDecay * parameters[i]!;
        first[i] = BETA1 * first[i]! + (1 - BETA1) * slope;
        second[i] = BETA2 * second[i]! + (1 - BETA2) * slope * slope;
        parameters[i]! -= (scale * first[i]!) / (Math.sqrt(second[i]!) + epsilon);
      }
    },
  };
  return optimiser;
}
