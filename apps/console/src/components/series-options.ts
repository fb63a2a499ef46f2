import uPlot from "uplot";

import type { Chart } from "../format/evidence.ts";
import { utc } from "../format/time.ts";
import { colourOf } from "./theme.ts";

interface Setting {
  readonly width: number;
  readonly height: number;
  /** Colours are read from the theme in force; another theme needs other options. */
  readonly theme: "light" | "dark";
  /** The index of the point under the pointer; null when there is none. */
  readonly onPoint: (index: number | null) => void;
}

/** Up to so many points each is marked: a single one draws no line. */
const POINTS_MARKED = 12;
const FONT = '11px "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif';

/** How uPlot draws a chart. A canvas knows no custom properties: colours are read when it is drawn. */
export function seriesOptions(chart: Chart, setting: Setting): uPlot.Options {
  return {
    width: setting.width,
    height: setting.height,
    // Axes in UTC, whatever the machine's zone.
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    // Room for half a date on the right.
    padding: [8, 34, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: "evidence" }, drag: { x: false, y: false }, y: false, points: { size: 7 } },
    scales: { x: { time: true, range: [chart.span[0] / 1000, chart.span[1] / 1000] }, y: { range: [chart.range[0], chart.range[1]] } },
    axes: axesOf(chart),
    series: [{}, ...linesOf(chart), ...chart.ribbons.flatMap(edgesOf)],
    bands: bandsOf(chart),
    hooks: {
      setCursor: [(plot: uPlot) => setting.onPoint(plot.cursor.idx ?? null)],
      drawClear: [(plot: uPlot) => drawMoments(plot, chart)],
      draw: [(plot: uPlot) => drawLevels(plot, chart)],
    },
  };
}

function linesOf(chart: Chart): uPlot.Series[] {
  return chart.lines.map((line) => ({ stroke: colourOf(line.tone), width: 2, spanGaps: false, points: { show: chart.at.length <= POINTS_MARKED, size: 5, fill: colourOf(line.tone) } }));
}

function edgesOf({ look }: Chart["ribbons"][number]): uPlot.Series[] {
  const edge: uPlot.Series = look === "filled" ? { stroke: colourOf("--ribbon-edge"), width: 1, points: { show: false } } : { stroke: colourOf("--ink-2"), width: 1.25, dash: [5, 4], points: { show: false } };
  return [edge, { ...edge }];
}

/** Every ribbon is two series behind the lines: its upper edge, then its lower. */
function bandsOf(chart: Chart): uPlot.Band[] {
  return chart.ribbons.flatMap((ribbon, index) => {
    const upper = 1 + chart.lines.length + 2 * index;
    return ribbon.look === "filled" ? [{ series: [upper, upper + 1] as [number, number], fill: colourOf("--ribbon") }] : [];
  });
}

function axesOf(chart: Chart): uPlot.Axis[] {
  const look: uPlot.Axis = {
    font: FONT,
    stroke: colourOf("--ink-3"),
    grid: { stroke: colourOf("--line"), width: 1 },
    ticks: { show: false },
  };
  return [
    { ...look, size: 26, space: 84, values: (_plot, seconds) => timeWords(seconds), grid: { show: false } },
    { ...look, size: 62, space: 34, values: (_plot, values) => values.map(chart.axis) },
  ];
}

/** Days where the ticks are days apart, times of day otherwise; the zone is named on the page. */
function timeWords(seconds: readonly number[]): string[] {
  const step = (seconds[1] ?? 0) - (seconds[0] ?? 0);
  return seconds.map((second) => {
    const text = utc(second * 1000);
    return step >= 86_400 || seconds.length < 2 ? text.slice(0, 10) : text.slice(5, 16);
  });
}

/** Where looks end: under everything else. */
function drawMoments(plot: uPlot, chart: Chart): void {
  const { bbox } = plot;
  for (const moment of chart.moments) {
    const x = plot.valToPos(moment.at / 1000, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    line(plot, { from: [x, bbox.top], to: [x, bbox.top + bbox.height], colour: colourOf("--ink-3"), dash: [2, 3] });
    label(plot, { text: moment.name, x: x + 4 * devicePixelRatio, y: bbox.top + 11 * devicePixelRatio, colour: colourOf("--ink-3"), align: "left" });
  }
}

function drawLevels(plot: uPlot, chart: Chart): void {
  const { bbox } = plot;
  for (const level of chart.levels) {
    const y = plot.valToPos(level.at, "y", true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    const colour = colourOf(level.kind === "limit" ? "--good" : "--ink-3");
    line(plot, { from: [bbox.left, y], to: [bbox.left + bbox.width, y], colour, dash: level.kind === "limit" ? [6, 3] : [2, 3] });
    label(plot, { text: level.name, x: bbox.left + bbox.width - 4 * devicePixelRatio, y: y - 6 * devicePixelRatio, colour, align: "right" });
  }
}

interface Stroke {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly colour: string;
  readonly dash: readonly number[];
}

function line({ ctx }: uPlot, stroke: Stroke): void {
  ctx.save();
  ctx.strokeStyle = stroke.colour;
  ctx.lineWidth = devicePixelRatio * 1.25;
  ctx.setLineDash(stroke.dash.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(...(stroke.from as [number, number]));
  ctx.lineTo(...(stroke.to as [number, number]));
  ctx.stroke();
  ctx.restore();
}

function label({ ctx }: uPlot, text: { readonly text: string; readonly x: number; readonly y: number; readonly colour: string; readonly align: CanvasTextAlign }): void {
  ctx.save();
  ctx.font = FONT.replace("11px", `${11 * devicePixelRatio}px`);
  ctx.fillStyle = text.colour;
  ctx.textAlign = text.align;
  ctx.textBaseline = "alphabetic";
  ctx.fillText(text.text, text.x, text.y);
  ctx.restore();
}
