import { formatNumber } from "../decision/format.ts";
import type { LossCurves } from "./bundle.ts";
import type { FailureAnalysis } from "./failure-analysis.ts";
import type { FeatureDrift } from "./finding.ts";

const WIDTH = 640;
const PLOT = { left: 48, right: 24, height: 130 } as const;
const ROW = 210;
const FEATURES_MAX = 6;
const BEFORE = "#5b6b82";
const AFTER = "#c2410c";

/** The report's plots as one SVG sheet: the losses, and the features that moved most, before and after. No scripts, no fonts of its own. */
export function drawAnalysis(analysis: FailureAnalysis): string {
  const features = movedMost(analysis);
  const panels = [...(analysis.loss === null ? [] : [lossPanel(analysis.loss)]), ...features.map(featurePanel)];
  const height = 56 + Math.max(1, panels.length) * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#1f2937">`,
    `<title>${xml(`${analysis.model} version ${analysis.versions.challenger}: ${analysis.primary}`)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="30" font-size="16" font-weight="600">${xml(`${analysis.model} version ${analysis.versions.challenger}: ${analysis.primary === "none" ? "no failure" : `primary cause ${analysis.primary}`}`)}</text>`,
    ...(panels.length === 0 ? [`<text x="16" y="72">There are no losses, and no features to compare.</text>`] : panels.map((panel, i) => `<g transform="translate(0 ${56 + i * ROW})">${panel}</g>`)),
    "</svg>",
    "",
  ].join("\n");
}

function movedMost({ findings }: FailureAnalysis): readonly FeatureDrift[] {
  const features = findings.find(({ id }) => id === "drift-features")?.features ?? [];
  return features.toSorted((a, b) => b.psi - a.psi || (a.name < b.name ? -1 : 1)).slice(0, FEATURES_MAX);
}

function lossPanel({ train, validation }: LossCurves): string {
  const top = Math.max(...train, ...validation);
  const bottom = Math.min(...train, ...validation);
  const span = top === bottom ? 1 : top - bottom;
  const last = Math.max(1, train.length - 1, validation.length - 1);
  const line = (values: readonly number[], colour: string): string =>
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${values.map((value, i) => `${at(PLOT.left + (i / last) * (WIDTH - PLOT.left - PLOT.right))},${at(24 + (1 - (value - bottom) / span) * PLOT.height)}`).join(" ")}"/>`;
  return [heading("Loss by epoch", ["training", "validation"]), frame(formatNumber(bottom), formatNumber(top)), line(train, BEFORE), line(validation, AFTER)].join("");
}

function featurePanel({ name, psi, status, reading, bins }: FeatureDrift): string {
  const top = Math.max(...bins.flatMap(({ before, after }) => [before, after]));
  const step = (WIDTH - PLOT.left - PLOT.right) / bins.length;
  const bar = (share: number, { x, colour }: { readonly x: number; readonly colour: string }): string => {
    const height = top === 0 ? 0 : (share / top) * PLOT.height;
    return `<rect x="${at(x)}" y="${at(24 + PLOT.height - height)}" width="${at(step * 0.38)}" height="${at(height)}" fill="${colour}"/>`;
  };
  const bars = bins.map((bin, i) => {
    const x = PLOT.left + i * step + step * 0.1;
    // Labels of many categories would lie on one another.
    const label = bins.length > 12 ? "" : `<text x="${at(x + step * 0.4)}" y="${24 + PLOT.height + 16}" text-anchor="middle" font-size="9">${xml(short(bin.label))}</text>`;
    return bar(bin.before, { x, colour: BEFORE }) + bar(bin.after, { x: x + step * 0.4, colour: AFTER }) + label;
  });
  return [heading(`${short(name, 40)}: ${status}, stability index ${formatNumber(psi)}${reading === "prior" ? ", prior shift" : ""}`, ["before", "after"]), frame("0", `${formatNumber(top * 100)} %`), ...bars].join("");
}

function heading(title: string, [before, after]: readonly [string, string]): string {
  return `<text x="16" y="12" font-weight="600">${xml(title)}</text><g transform="translate(${WIDTH - 170} 3)"><rect width="10" height="10" fill="${BEFORE}"/><text x="14" y="9">${before}</text><rect x="80" width="10" height="10" fill="${AFTER}"/><text x="94" y="9">${after}</text></g>`;
}

function frame(low: string, high: string): string {
  const base = 24 + PLOT.height;
  return `<line x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${base}" y2="${base}" stroke="#94a3b8"/><text x="${PLOT.left - 6}" y="${base}" text-anchor="end" font-size="10">${low}</text><text x="${PLOT.left - 6}" y="32" text-anchor="end" font-size="10">${high}</text>`;
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function short(text: string, characters = 12): string {
  return text.length > characters ? `${text.slice(0, characters - 1)}…` : text;
}

const ENTITIES: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" };

function xml(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, " ").replaceAll(/[<>&"]/g, (sign) => ENTITIES[sign] ?? sign);
}
