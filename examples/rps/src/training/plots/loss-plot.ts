import type { Losses } from "../../learners/dataset.ts";

const WIDTH = 640;
const HEIGHT = 360;
const PLOT = { left: 60, right: 624, top: 44, bottom: 312 } as const;
const LINES = [{ name: "train", colour: "#1f5f99" }, { name: "validation", colour: "#c2571a" }] as const;
const TICKS = 5;

/** An SVG of the losses, round by round; the best validation has a mark. */
export function lossPlotSvg(curve: readonly Losses[], { title, unit }: { readonly title: string; readonly unit: "round" | "epoch" }): string {
  const values = curve.flatMap(({ train, validation }) => [train, validation]).filter((value) => value !== null);
  const low = Math.min(...values);
  const high = Math.max(...values, low + 1e-6);
  const x = (round: number): number => PLOT.left + (round / Math.max(1, curve.length - 1)) * (PLOT.right - PLOT.left);
  const y = (loss: number): number => PLOT.bottom - ((loss - low) / (high - low)) * (PLOT.bottom - PLOT.top);
  const ticks = Array.from({ length: TICKS }, (_, i) => low + (i / (TICKS - 1)) * (high - low));
  const lines = LINES.map(({ name, colour }, i) => {
    const points = curve.flatMap((losses, round) => (losses[name] === null ? [] : [`${x(round).toFixed(1)},${y(losses[name]).toFixed(1)}`]));
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="1.8"/><rect x="${PLOT.right - 110}" y="${PLOT.top + i * 20}" width="14" height="3" fill="${colour}"/><text x="${PLOT.right - 90}" y="${PLOT.top + 6 + i * 20}">${name}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12" fill="#10243a" role="img">`,
    `<title>${title}</title><rect width="100%" height="100%" fill="#fff"/><text x="${WIDTH / 2}" y="24" font-size="16" text-anchor="middle">${title}</text>`,
    ...ticks.map((tick) => `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="#d7dee6"/><text x="${PLOT.left - 8}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${tick.toFixed(3)}</text>`),
    `<text x="${PLOT.left}" y="${PLOT.bottom + 20}">0</text><text x="${PLOT.right}" y="${PLOT.bottom + 20}" text-anchor="end">${curve.length - 1}</text><text x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 34}" text-anchor="middle">${unit}</text>`,
    ...lines,
    ...bestMark(curve, { x, y }),
    "</svg>",
    "",
  ].join("\n");
}

function bestMark(curve: readonly Losses[], { x, y }: { readonly x: (round: number) => number; readonly y: (loss: number) => number }): readonly string[] {
  const validation = curve.map((losses) => losses.validation ?? Infinity);
  const best = Math.min(...validation);
  if (!Number.isFinite(best)) return [];
  return [`<circle cx="${x(validation.indexOf(best)).toFixed(1)}" cy="${y(best).toFixed(1)}" r="4" fill="#c2571a"/>`];
}
