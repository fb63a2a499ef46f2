import { useEffect, useRef, useState, type JSX } from "react";
import uPlot from "uplot";

import type { Chart } from "../format/evidence.ts";
import { utc } from "../format/time.ts";
import { seriesOptions } from "./series-options.ts";
import { useEffectiveTheme } from "./theme.ts";
import { useWidth } from "./use-width.ts";

interface SeriesChartProps {
  readonly chart: Chart;
  readonly height: number;
}

/** One chart over time, on a canvas; its figures stand above it as text, for the time under the pointer or the last. */
export function SeriesChart({ chart, height }: SeriesChartProps): JSX.Element {
  const [holder, width] = useWidth();
  const canvas = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const theme = useEffectiveTheme();
  const last = chart.at.length - 1;
  const shown = pointed === null || pointed > last ? lastKnown(chart) : pointed;
  useEffect(() => {
    if (canvas.current === null || width === 0) return undefined;
    const plot = new uPlot(seriesOptions(chart, { width, height, theme, onPoint: setPointed }), dataOf(chart), canvas.current);
    return () => plot.destroy();
  }, [chart, width, height, theme]);
  return (
    <figure className="series">
      <figcaption>
        <span className="series-title">{chart.title}</span>
        <span className="series-values">
          {chart.lines.map((line) => (
            <span key={line.name} className={`series-value series-${line.tone.slice(2)}`}>
              <span className="series-swatch" aria-hidden="true" />
              {line.name} {say(chart, line.values[shown])}
            </span>
          ))}
          {chart.ribbons.map((ribbon) => (
            <span key={ribbon.name} className="quiet">
              {ribbonWords(chart, ribbon, shown)}
            </span>
          ))}
          {pointed === null || chart.at[shown] === undefined ? null : <span className="quiet series-time">{utc(chart.at[shown])}</span>}
        </span>
      </figcaption>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element can't hold a canvas. */}
      <div ref={holder} className="series-holder" role="img" aria-label={summaryOf(chart)}>
        <div ref={canvas} aria-hidden="true" />
      </div>
    </figure>
  );
}

function dataOf(chart: Chart): uPlot.AlignedData {
  const lines = chart.lines.map((line) => [...line.values]);
  const ribbons = chart.ribbons.flatMap((ribbon) => [[...ribbon.high], [...ribbon.low]]);
  return [chart.at.map((at) => at / 1000), ...lines, ...ribbons];
}

function lastKnown(chart: Chart): number {
  const known = chart.lines.map((line) => line.values.findLastIndex((value) => value !== null));
  return Math.max(0, ...known);
}

function say(chart: Chart, value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : chart.say(value);
}

function ribbonWords(chart: Chart, ribbon: Chart["ribbons"][number], index: number): string {
  const [low, high] = [ribbon.low[index] ?? null, ribbon.high[index] ?? null];
  if (low === null && high === null) return `${ribbon.name}: nothing yet`;
  return `${ribbon.name}: ${low === null ? "any" : chart.say(low)} to ${high === null ? "any" : chart.say(high)}`;
}

/** What the picture shows, in a sentence. */
function summaryOf(chart: Chart): string {
  const index = lastKnown(chart);
  const lines = chart.lines.map((line) => `${line.name} ${say(chart, line.values[index])}`).join(", ");
  const limits = chart.levels.filter((level) => level.kind === "limit").map((level) => level.name);
  const at = chart.at[index];
  return [`${chart.title} over time.`, at === undefined ? "" : `At ${utc(at)}: ${lines}.`, ...chart.ribbons.map((ribbon) => `Interval ${ribbonWords(chart, ribbon, index)}.`), ...limits].filter((part) => part !== "").join(" ");
}
