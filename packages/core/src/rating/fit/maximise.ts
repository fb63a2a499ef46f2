import { bandwidthOrder } from "./bandwidth-order.ts";
import { conjugateGradient } from "./conjugate-gradient.ts";
import { envelopeOf, factorise, noMaximum, solve, type Envelope } from "./envelope.ts";
import { newSlope, type Likelihood, type Slope } from "./likelihood.ts";

/** Beyond this many multiplications a factor costs more than conjugate gradients on so dense a graph. */
const FACTOR_WORK_MAX = 3e7;

const STEPS_MAX = 100;
/** Newton squares the error: after a step as small as this, what remains is rounding. */
const STEP_DONE = 1e-9;
/** The same, in squares of standard errors: where little is known, rounding alone makes larger steps. */
const GAIN_DONE = 1e-20;
/** Far beyond any rating: 500 natural units are 87,000 Elo points. */
const PARAMETER_MAX = 500;

/**
 * The maximum of a concave likelihood by Newton's method, from `start`; variables with `fixed` stay. A step is halved
 * while it leads past the maximum along its direction by more than it came from before it: the slope along a line only
 * falls, so that no value of the likelihood is needed.
 *
 * @throws Failure `invalid_input` when there is no finite maximum.
 */
export function maximise(likelihood: Likelihood, fixed: Uint8Array, start: Float64Array): Float64Array {
  const point = start.slice();
  const envelope = affordableEnvelope(likelihood, fixed);
  let slope = newSlope(likelihood);
  let next = newSlope(likelihood);
  likelihood.evaluate(point, slope);
  for (let turn = 0; turn < STEPS_MAX; turn++) {
    const step = newtonStep({ likelihood, fixed, envelope }, slope);
    const size = largest(step);
    if (!(size < Infinity)) throw noMaximum();
    const ahead = along(slope, step);
    let share = 1;
    const trial = new Float64Array(point.length);
    for (;;) {
      for (let i = 0; i < point.length; i++) trial[i] = point[i]! + share * step[i]!;
      if (largest(trial) <= PARAMETER_MAX) {
        if (size < STEP_DONE || ahead < GAIN_DONE) return trial;
        likelihood.evaluate(trial, next);
        if (along(next, step) >= -0.5 * ahead) break;
      }
      share /= 2;
      if (share < 1e-9) throw noMaximum();
    }
    point.set(trial);
    [slope, next] = [next, slope];
  }
  throw noMaximum();
}

/** The order and shape of a factor. Parameters beside strengths come last. */
export function factorEnvelope({ nodes, size, rows, cols }: Likelihood, fixed: Uint8Array): Envelope {
  const strengths = bandwidthOrder({ n: nodes, rows, cols }, fixed.subarray(0, nodes));
  const others = Uint32Array.from({ length: size - nodes }, (_, i) => nodes + i).filter((variable) => fixed[variable] === 0);
  return envelopeOf({ rows, cols }, joined(strengths, others), size);
}

function joined(left: Uint32Array, right: Uint32Array): Uint32Array {
  const both = new Uint32Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}

/** Null where conjugate gradients are quicker. */
function affordableEnvelope(likelihood: Likelihood, fixed: Uint8Array): Envelope | null {
  // The least that a factor can cost with so many entries; finding an order would cost as much.
  if (likelihood.rows.length ** 2 / (2 * likelihood.size) > FACTOR_WORK_MAX) return null;
  const envelope = factorEnvelope(likelihood, fixed);
  return envelope.work > FACTOR_WORK_MAX ? null : envelope;
}

function newtonStep({ likelihood, fixed, envelope }: { readonly likelihood: Likelihood; readonly fixed: Uint8Array; readonly envelope: Envelope | null }, slope: Slope): Float64Array {
  const step = slope.gradient.slice();
  const { rows, cols } = likelihood;
  if (envelope === null) conjugateGradient({ rows, cols, slope, fixed }, step, 1e-10);
  else solve(factorise(envelope, likelihood, slope), step);
  return step;
}

function along({ gradient }: Slope, step: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < step.length; i++) sum += gradient[i]! * step[i]!;
  return sum;
}

function largest(values: Float64Array): number {
  let max = 0;
  for (const value of values) max = Math.abs(value) > max || Number.isNaN(value) ? Math.abs(value) : max;
  return max;
}
