/** A stream of numbers that a seed and a stream number determine. */
export interface Random {
  /** 32 random bits as a number from 0 to 2^32 − 1. */
  bits(): number;
  /** In [0, 1). */
  unit(): number;
  /** Standard normal. */
  normal(): number;
}

/** sfc32, fast and with a period that no simulation exhausts; the first draws are thrown away to mix the seed in. */
export function randomOf(seed: number, stream: number): Random {
  let a = seed | 0;
  let b = stream | 0;
  let c = (seed ^ 0x9e3779b9) | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum;
  };
  for (let i = 0; i < 20; i++) next();
  const bits = (): number => next() >>> 0;
  const unit = (): number => (next() >>> 0) / 2 ** 32;
  let spare: number | null = null;
  const normal = (): number => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - unit()));
    const angle = 2 * Math.PI * unit();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { bits, unit, normal };
}

/** A probability as the number of 32-bit values below it: `bits() < threshold(p)`. */
export function threshold(p: number): number {
  return Math.round(p * 2 ** 32);
}
