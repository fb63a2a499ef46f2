/** FIPS 180-4 §4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS: Int32Array = fractionalRoots(64, Math.cbrt);
/** FIPS 180-4 §5.3.3: the same of the square roots of the first 8 primes. */
const INITIAL_STATE: Int32Array = fractionalRoots(8, Math.sqrt);

// Nothing is awaited between the first byte and the last, so one digest at a time uses these; making them anew for every
// short text took most of its time.
const state: Int32Array = new Int32Array(8);
const schedule: Int32Array = new Int32Array(64);

/**
 * SHA-256 (FIPS 180-4) of the UTF-8 bytes of `text`, as 64 hex digits. The core has no I/O and no dependencies, and
 * the browser's own digest is asynchronous, which a pure `decide` can't wait for.
 */
export function sha256(text: string): string {
  digest(text);
  let hex = "";
  for (let i = 0; i < 8; i++) {
    const word = state[i]!;
    hex += HEX[word >>> 24]! + HEX[(word >>> 16) & 255]! + HEX[(word >>> 8) & 255]! + HEX[word & 255]!;
  }
  return hex;
}

/** Every byte as two digits. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The first 8 bytes of the same, as two unsigned big-endian words. */
export function sha256Start(text: string): readonly [high: number, low: number] {
  digest(text);
  return [state[0]! >>> 0, state[1]! >>> 0];
}

function digest(text: string): void {
  state.set(INITIAL_STATE);
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      bytes = push(bytes, code);
      continue;
    }
    if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length) code = 0x10000 + ((code - 0xd800) << 10) + (text.charCodeAt(++i) - 0xdc00);
    if (code < 0x800) bytes = push(bytes, 0xc0 | (code >> 6));
    else {
      if (code < 0x10000) bytes = push(bytes, 0xe0 | (code >> 12));
      else {
        bytes = push(bytes, 0xf0 | (code >> 18));
        bytes = push(bytes, 0x80 | ((code >> 12) & 63));
      }
      bytes = push(bytes, 0x80 | ((code >> 6) & 63));
    }
    bytes = push(bytes, 0x80 | (code & 63));
  }
  finish(bytes);
}

/** Puts one byte into the block, which is the first 16 words of the schedule; returns how many there are now. */
function push(bytes: number, byte: number): number {
  const place = bytes & 63;
  const word = place >> 2;
  // The first byte of a word replaces what an earlier block left there.
  schedule[word] = (place & 3) === 0 ? byte << 24 : schedule[word]! | (byte << (24 - 8 * (place & 3)));
  if (place === 63) compress();
  return bytes + 1;
}

/** FIPS 180-4 §5.1.1: a one, zeros, and the length in bits. */
function finish(length: number): void {
  const used = push(length, 0x80) & 63;
  schedule.fill(0, (used + 3) >> 2, 16);
  if (used > 56) {
    compress();
    schedule.fill(0, 0, 16);
  }
  const bits = length * 8;
  schedule[14] = Math.floor(bits / 2 ** 32);
  schedule[15] = bits | 0;
  compress();
}

function compress(): void {
  for (let i = 16; i < 64; i++) {
    const a = schedule[i - 15]!;
    const b = schedule[i - 2]!;
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    schedule[i] = schedule[i - 16]! + s0 + schedule[i - 7]! + s1;
  }
  // Signed words stay small integers in the engine; unsigned ones above 2^31 become boxed doubles.
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + sum1 + choice + ROUND_CONSTANTS[i]! + schedule[i]!) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const t2 = (sum0 + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
  state[4] = state[4]! + e;
  state[5] = state[5]! + f;
  state[6] = state[6]! + g;
  state[7] = state[7]! + h;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function fractionalRoots(count: number, root: (n: number) => number): Int32Array {
  const words = new Int32Array(count);
  let found = 0;
  for (let n = 2; found < count; n++) {
    if (isPrime(n)) words[found++] = Math.floor((root(n) % 1) * 2 ** 32);
  }
  return words;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}
