import type { SimulationReport } from "@gauntlet/contract";
import * as Plot from "@observablehq/plot";
import { useEffect, useRef, type JSX } from "react";

import { chanceWords, effectWords, type Chance, type SimulatedPoint } from "../format/simulation.ts";
import { useWidth } from "./use-width.ts";

type End = "promote" | "retain" | "rollback";

/** The naive test of an A/B test knows no way back, and that of a ramp retains nothing. */
const ENDS: readonly (readonly [end: End, title: string, naive: readonly SimulationReport["kind"][]])[] = [
  ["promote", "Chance to promote", ["abtest", "ramp"]],
  ["retain", "Chance to retain", ["abtest"]],
  ["rollback", "Chance to roll back", ["ramp"]],
];
const HEIGHT = 236;

/** One small plot for each way a rollout may end: its chance against the true effect, beside the naive test. */
export function SimulationPlots({ report }: { readonly report: SimulationReport }): JSX.Element {
  const compared = report.points.some((point) => point.naive !== null);
  return (
    <>
      <div className="simulate-plots">
        {ENDS.map(([end, title, naive]) => (
          <EndPlot key={end} report={report} end={end} title={title} naive={naive.includes(report.kind) && compared} />
        ))}
      </div>
      <ul className="chart-key" aria-hidden="true">
        <li>
          <span className="key-policy" /> this policy
        </li>
        {compared ? (
          <li>
            <span className="key-naive" /> naive: a fixed-sample test of {report.metric} at the whole alpha, looked at every day
          </li>
        ) : null}
        {report.asked === null ? null : (
          <li>
            <span className="key-limit" /> what the policy {report.kind === "ramp" ? "allows" : "asks for"}
          </li>
        )}
        <li>bars: Wilson intervals at 95 %</li>
      </ul>
    </>
  );
}

interface EndPlotProps {
  readonly report: SimulationReport;
  readonly end: End;
  readonly title: string;
  readonly naive: boolean;
}

function EndPlot({ report, end, title, naive }: EndPlotProps): JSX.Element {
  const [holder, width] = useWidth();
  const drawing = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (drawing.current === null || width === 0) return;
    drawing.current.replaceChildren(draw({ report, end, naive, width }));
  }, [report, end, naive, width]);
  const words = report.points.map((point) => `${effectWords(point.effect)}: ${chanceWords(point.policy[end])}${naive && point.naive !== null ? `, naive ${chanceWords(point.naive[end])}` : ""}`);
  return (
    <figure className="simulate-plot">
      <figcaption>{title}</figcaption>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element can't hold a drawing made here. */}
      <div ref={holder} role="img" aria-label={`${title} against the true effect. ${words.join("; ")}.`}>
        <div ref={drawing} aria-hidden="true" />
      </div>
    </figure>
  );
}

interface Mark extends Chance {
  readonly effect: number;
}

function draw({ report, end, naive, width }: Omit<EndPlotProps, "title"> & { readonly width: number }): Element {
  const { points, asked, metric, kind } = report;
  const effects = points.map((point) => point.effect);
  const [least, most] = [Math.min(...effects, asked ?? 0), Math.max(...effects, asked ?? 0)];
  const margin = (most - least) * 0.06 || 0.05;
  const figure = Plot.plot({
    className: "forest",
    width,
    height: HEIGHT,
    marginLeft: 46,
    marginRight: 10,
    marginTop: 18,
    marginBottom: 38,
    x: { domain: [least - margin, most + margin] },
    y: { domain: [0, 1] },
    marks: [
      Plot.gridY({ ticks: 5, stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.axisY({ ticks: 5, tickFormat: (share: number) => `${Math.round(share * 100)} %`, label: null, fill: "var(--ink-3)", tickSize: 0, fontSize: 11 }),
      Plot.axisX({ ticks: Math.max(3, Math.floor(width / 70)), tickFormat: effectWords, label: `true change of ${metric}`, labelAnchor: "center", labelArrow: "none", fill: "var(--ink-3)", tickSize: 4, fontSize: 11 }),
      ...(asked === null ? [] : thresholdMarks(asked, kind === "ramp" ? "allowed" : "asked")),
      ...(naive ? seriesMarks(marksOf(points, (point) => point.naive?.[end] ?? null), NAIVE) : []),
      ...seriesMarks(marksOf(points, (point) => point.policy[end]), POLICY),
    ],
  });
  // Plot ships its few rules in a style element, which the Content-Security-Policy forbids; ours are in charts.css.
  for (const style of figure.querySelectorAll("style")) style.remove();
  return figure;
}

function marksOf(points: readonly SimulatedPoint[], chanceOf: (point: SimulatedPoint) => Chance | null): readonly Mark[] {
  return points.flatMap((point) => {
    const chance = chanceOf(point);
    return chance === null ? [] : [{ effect: point.effect, ...chance }];
  });
}

function thresholdMarks(asked: number, word: string): Plot.Markish[] {
  return [
    Plot.ruleX([asked], { stroke: "var(--ink-2)", strokeWidth: 1.5 }),
    Plot.text([asked], { x: (at: number) => at, frameAnchor: "top", text: (at: number) => `${word} ${effectWords(at)}`, dy: -14, fontSize: 11, fill: "var(--ink-2)" }),
  ];
}

/** Colour, dashes, shape and a small shift tell the two apart. */
interface Look {
  readonly colour: string;
  readonly dash: string;
  readonly symbol: Plot.SymbolType;
  readonly shift: number;
  readonly filled: boolean;
}

const POLICY: Look = { colour: "var(--challenger)", dash: "none", symbol: "circle", shift: -2, filled: true };
const NAIVE: Look = { colour: "var(--warn)", dash: "5,4", symbol: "triangle", shift: 2, filled: false };

function seriesMarks(marks: readonly Mark[], { colour, dash, symbol, shift, filled }: Look): Plot.Markish[] {
  return [
    Plot.line(marks, { x: "effect", y: "share", stroke: colour, strokeWidth: 1.75, strokeDasharray: dash, dx: shift }),
    Plot.ruleX(marks, { x: "effect", y1: "low", y2: "high", stroke: colour, strokeWidth: 2, dx: shift }),
    Plot.dot(marks, { x: "effect", y: "share", r: 4, symbol, fill: filled ? colour : "var(--surface)", stroke: colour, strokeWidth: 1.75, dx: shift }),
  ];
}
