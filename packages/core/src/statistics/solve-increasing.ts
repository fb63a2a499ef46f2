/**
 * The x in [low, high] where the increasing function `f` passes 0, to the last bits: bisection whose steps are those of
 * regula falsi (Illinois) while these converge. f(low) ≤ 0 ≤ f(high) must hold; infinite values at the ends are allowed.
 */
export function solveIncreasing(f: (x: number) => number, { low, high }: { readonly low: number; readonly high: number }): number {
  let from = { x: low, y: f(low) };
  let to = { x: high, y: f(high) };
  let width = high - low;
  for (let step = 0; step < 400; step++) {
    const middle = (from.x + to.x) / 2;
    if (middle === from.x || middle === to.x) break;
    const guess = from.x - from.y * ((to.x - from.x) / (to.y - from.y));
    // Bisection whenever the last two steps together did not halve the bracket.
    const slow = step % 3 === 2 && to.x - from.x > width / 2;
    if (step % 3 === 2) width = to.x - from.x;
    const x = !slow && guess > from.x && guess < to.x ? guess : middle;
    const y = f(x);
    if (y === 0) return x;
    if (y < 0) {
      from = { x, y };
      to = { x: to.x, y: to.y / 2 };
    } else {
      to = { x, y };
      from = { x: from.x, y: from.y / 2 };
    }
  }
  return Math.abs(f(from.x)) <= Math.abs(f(to.x)) ? from.x : to.x;
}

/** A bracket around the zero of an increasing function of x > 0, by steps up or down from `start`, within 1e±300. */
export function bracketFrom(f: (x: number) => number, start: number): { readonly low: number; readonly high: number } {
  let low = start;
  let high = start;
  // Steps that grow, so that 1e150 is reached as well.
  for (let factor = 2; f(low) > 0 && low > 1e-300; factor = Math.min(factor * factor, 1e50)) low = Math.max(low / factor, 1e-300);
  for (let factor = 2; f(high) < 0 && high < 1e300; factor = Math.min(factor * factor, 1e50)) high = Math.min(high * factor, 1e300);
  return { low, high };
}
