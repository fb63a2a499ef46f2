import { MOVES } from "../../rules/moves.ts";

const CELL = 96;
const LEFT = 120;
const TOP = 72;

/** An SVG of what the user did (rows) by what was foretold (columns): counts, and the share of each row. */
export function confusionMatrixSvg(counts: readonly (readonly number[])[], title: string): string {
  const rows = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const cells = counts.flatMap((row, i) =>
    row.map((count, k) => {
      const share = rows[i] === 0 ? 0 : count / rows[i]!;
      const [x, y] = [LEFT + k * CELL, TOP + i * CELL];
      const ink = share > 0.5 ? "#fff" : "#10243a";
      return `<rect x="${x}" y="${y}" width="${CELL - 2}" height="${CELL - 2}" fill="#1f5f99" fill-opacity="${share.toFixed(3)}" stroke="#1f5f99"/><text x="${x + CELL / 2}" y="${y + CELL / 2}" fill="${ink}" font-size="20">${count}</text><text x="${x + CELL / 2}" y="${y + CELL / 2 + 20}" fill="${ink}">${(share * 100).toFixed(0)} %</text>`;
    }),
  );
  const labels = MOVES.flatMap((move, i) => [`<text x="${LEFT + i * CELL + CELL / 2}" y="${TOP - 10}">${move}</text>`, `<text x="${LEFT - 10}" y="${TOP + i * CELL + CELL / 2}" text-anchor="end">${move}</text>`]);
  const width = LEFT + MOVES.length * CELL + 16;
  const height = TOP + MOVES.length * CELL + 40;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="13" text-anchor="middle" fill="#10243a" role="img">`,
    `<title>${title}</title><rect width="100%" height="100%" fill="#fff"/><text x="${width / 2}" y="24" font-size="16">${title}</text><text x="${LEFT + (MOVES.length * CELL) / 2}" y="46">foretold</text>`,
    ...labels,
    ...cells,
    `<text x="${LEFT + (MOVES.length * CELL) / 2}" y="${height - 14}">rows: what the user did</text></svg>`,
    "",
  ].join("\n");
}
