/** Numbers inside sentences: fixed digits, no locale, so that the same decision has the same words everywhere. */
export function formatPercent(share: number | null): string {
  return share === null ? "none" : `${trimmed(share * 100, 2)} %`;
}

export function formatPoints(share: number): string {
  return `${share > 0 ? "+" : ""}${trimmed(share * 100, 2)} pp`;
}

export function formatNumber(value: number): string {
  return trimmed(value, 4);
}

/** A figure of any size, to six significant digits. */
export function formatFigure(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** p-values to two significant digits, as one prints them. */
export function formatP(p: number): string {
  return p < 0.0001 ? "p < 0.0001" : `p = ${Number(p.toPrecision(2))}`;
}

function trimmed(value: number, digits: number): string {
  const scale = 10 ** digits;
  return String(Math.round(value * scale) / scale);
}
