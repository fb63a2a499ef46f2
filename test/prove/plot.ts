import type { Row } from "./judge.ts";

const ROW = 15;
const LEFT = 470;
const WIDTH = 460;
const TOP = 40;

/** Rate over promise on a logarithmic axis, with its interval; the line at 1 is the promise. */
export function plotOf(rows: readonly Row[]): string {
  const height = TOP + rows.length * ROW + 30;
  const marks = rows.map((row, index) => markOf(row, TOP + index * ROW + ROW / 2)).join("\n");
  const ticks = [0.01, 0.03, 0.1, 0.3, 1, 3, 10].map((value) => `<line x1="${at(value)}" x2="${at(value)}" y1="${TOP - 6}" y2="${height - 24}" stroke="${value === 1 ? "#b3261e" : "#ddd"}" stroke-width="${value === 1 ? 1.5 : 1}"/><text x="${at(value)}" y="${TOP - 12}" text-anchor="middle">${value}</text>`).join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 20} ${height}" font-family="system-ui, sans-serif" font-size="10" role="img" aria-label="False alarms over what is promised">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${LEFT}" y="14" font-size="12">false alarms ÷ promise (1 = exactly as promised); bars are exact intervals</text>
${ticks}
${marks}
<text x="${LEFT}" y="${height - 8}" fill="#555">blue: must hold · orange: must fail · grey: told, nothing promised</text>
</svg>
`;
}

function markOf(row: Row, y: number): string {
  const colour = row.expects === "holds" ? (row.asExpected ? "#1a56a8" : "#b3261e") : row.expects === "breaks" ? "#c25e00" : "#777";
  const [low, high, middle] = [at(row.low / row.alpha), at(row.high / row.alpha), at(row.rate / row.alpha)];
  return `<text x="${LEFT - 10}" y="${y + 3}" text-anchor="end">${escaped(`${row.id}, ${row.schedule}`)}</text><line x1="${low}" x2="${high}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="3" stroke-opacity=".35"/><circle cx="${middle}" cy="${y}" r="3" fill="${colour}"/>`;
}

/** 0.01 to 20 on the axis; what is smaller stands at its left end. */
function at(value: number): number {
  const share = (Math.log(Math.min(Math.max(value, 0.01), 20)) - Math.log(0.01)) / (Math.log(20) - Math.log(0.01));
  return Math.round((LEFT + share * WIDTH) * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
