const GROUPED = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const MINUS = "\u2212";
const DIGITS_MAX = 6;

/** 12,345,678. Counts are whole; a fraction here is a defect upstream and is shown as it is. */
export function count(n: number): string {
  if (!Number.isInteger(n)) return decimal(n, 2);
  return Math.abs(n) < 1e15 ? GROUPED.format(n).replace("-", MINUS) : scientific(n);
}

/** 1 match, 2 matches. */
export function counted(n: number, one: string, many: string): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** A part of 1 as a percentage: 80 %, 12.5 % (a space that doesn't break). A value that is not 0 or 1 never reads "0 %" or "100 %". */
export function percent(share: number, digits = 1): string {
  const text = decimal(share * 100, digits, [0, 100]);
  return `${text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "")}\u00A0%`;
}

/** A difference of two shares in percentage points, signed: +1.25 pp, −0.04 pp. */
export function percentagePoints(difference: number, digits = 2): string {
  return `${signed(difference * 100, digits)} pp`;
}

/** 92.4 ms, 1,234 ms; long times in seconds: 12.3 s. */
export function milliseconds(ms: number): string {
  if (Math.abs(ms) >= 10_000) return `${decimal(ms / 1000, 1)} s`;
  return `${decimal(ms, Math.abs(ms) >= 100 ? 0 : 1)} ms`;
}

export function millisecondsMore(ms: number): string {
  const text = milliseconds(Math.abs(ms));
  return `${sign(ms, text)}${text}`;
}

/** A quotient: 1.062×. */
export function times(ratio: number): string {
  return `${decimal(ratio, 3)}×`;
}

export function plain(value: number): string {
  if (Number.isInteger(value)) return count(value);
  const text = decimal(value, Math.abs(value) >= 100 ? 1 : 3);
  return text.includes("×") ? text : text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

/** A p-value keeps its first three digits; below 0.0001 only the bound matters. */
export function pValue(p: number): string {
  if (p < 0.0001) return "p < 0.0001";
  return `p = ${p >= 0.1 ? p.toFixed(2) : p.toPrecision(2).replace(/0+$/, "")}`;
}

/** Basis points to a percentage: 2,000 is 20 %. */
export function basisPoints(points: number): string {
  return percent(points / 10_000, 2);
}

/**
 * Rounds to `digits`, with more of them while the result would read as one of `edges` although the value isn't:
 * a rate of 0.004 % is not zero, and 99.996 % is not all.
 */
export function decimal(value: number, digits: number, edges: readonly number[] = [0]): string {
  if (!Number.isFinite(value)) return "not a number";
  if (Math.abs(value) >= 1e9) return scientific(value);
  for (let places = digits; places <= DIGITS_MAX; places += 1) {
    const rounded = Number(value.toFixed(places));
    if (edges.every((edge) => rounded !== edge || value === edge)) return grouped(value, places);
  }
  if (value !== 0 && Math.abs(value) < 1) return scientific(value);
  return `${value < 100 ? "<" : ">"}${grouped(value, digits)}`;
}

function signed(value: number, digits: number): string {
  const text = decimal(Math.abs(value), digits);
  return `${sign(value, text)}${text}`;
}

function sign(value: number, text: string): string {
  if (value === 0 || /^0(\.0+)?\b(?!\.)/.test(text)) return "±";
  return value < 0 ? MINUS : "+";
}

function grouped(value: number, places: number): string {
  return value.toLocaleString("en-GB", { minimumFractionDigits: places, maximumFractionDigits: places }).replace("-", MINUS);
}

const RAISED: Readonly<Record<string, string>> = { "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹" };

/** 1.2×10⁹ */
function scientific(value: number): string {
  const [mantissa = "0", exponent = "0"] = value.toExponential(1).split("e");
  const raised = [...exponent.replace("+", "")].map((digit) => RAISED[digit] ?? "").join("");
  return `${mantissa.replace("-", MINUS).replace(/\.0$/, "")}×10${raised}`;
}
