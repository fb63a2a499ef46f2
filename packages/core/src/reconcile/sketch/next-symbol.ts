/** No sketch has a symbol there. */
const NO_SYMBOL = 2 ** 31 - 1;

/**
 * The symbol after `index` that an item is part of; every item is part of symbol 0, and of symbol i with probability
 * ρ(i) = 1 / (1 + i/2) (Yang, Gilad and Alizadeh, Practical Rateless Set Reconciliation, 2024). The gap is drawn at once:
 * none of the g symbols after i is hit with probability (i+1)(i+2) / ((i+g+1)(i+g+2)), nearly ((i+1.5) / (i+g+1.5))².
 * Only operations that IEEE 754 rounds exactly, so that both sides draw the same. `step` counts an item's draws.
 */
export function nextSymbol(index: number, hash: readonly [low: number, high: number], step: number): number {
  const draw = (scrambled(scrambled((hash[0] + Math.imul(step, 0x9e3779b9)) | 0) ^ hash[1]) >>> 0) + 1;
  const gap = Math.ceil((index + 1.5) * (1 / Math.sqrt(draw / 2 ** 32) - 1));
  return Math.min(NO_SYMBOL, index + Math.max(1, gap));
}

/** The finaliser of MurmurHash3: each bit of the input turns each of the output with probability ½. */
function scrambled(word: number): number {
  const first = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}
