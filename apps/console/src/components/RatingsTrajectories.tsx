import * as Plot from "@observablehq/plot";
import type { RatingTrajectories as Trajectories } from "@gauntlet/contract";
import { useEffect, useRef, type JSX } from "react";

import { count } from "../format/number.ts";
import { elo, eloInterval, shortened, spread, trajectoryFrame, type Scale } from "../format/ratings.ts";
import { utc } from "../format/time.ts";
import { Moment } from "./Moment.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";
import { useWidth } from "./use-width.ts";

/** Lines with the bands of their intervals, each named at its end. */
export function RatingsTrajectories({ series, anchored }: { readonly series: Trajectories; readonly anchored: boolean }): JSX.Element {
  const [holder, width] = useWidth();
  const drawing = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const frame = trajectoryFrame(series);
    if (drawing.current === null || width === 0 || frame === null) return;
    drawing.current.replaceChildren(draw(series, { ...frame, width, anchored }));
  }, [series, width, anchored]);
  if (trajectoryFrame(series) === null) return <p className="quiet">None of them was comparable with anybody at any of these instants.</p>;
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element can't hold a drawing made here. */}
      <div ref={holder} className="shares-holder" role="img" aria-label={wordsOf(series, anchored)}>
        <div ref={drawing} aria-hidden="true" />
      </div>
      <Table series={series} anchored={anchored} />
    </>
  );
}

/** Colours that stay apart for every kind of colour vision, each with a dash and a symbol of its own. */
interface Look {
  readonly colour: string;
  readonly dash: string;
  readonly symbol: Plot.SymbolType;
}

const LOOKS: readonly Look[] = [
  { colour: "var(--line-1)", dash: "none", symbol: "circle" },
  { colour: "var(--line-2)", dash: "7,3", symbol: "triangle" },
  { colour: "var(--line-3)", dash: "2,3", symbol: "square" },
  { colour: "var(--line-4)", dash: "9,3,2,3", symbol: "diamond" },
  { colour: "var(--line-5)", dash: "none", symbol: "star" },
  { colour: "var(--line-6)", dash: "5,2", symbol: "cross" },
  { colour: "var(--line-7)", dash: "1,2", symbol: "wye" },
  { colour: "var(--line-8)", dash: "12,4", symbol: "hexagon" },
];

interface Frame {
  readonly span: readonly [number, number];
  readonly scale: Scale;
  readonly width: number;
  readonly anchored: boolean;
}

const HEIGHT = 320;
const MARGIN = { top: 10, bottom: 26 };
const LABEL_GAP = 15;

interface Mark {
  readonly at: Date;
  readonly elo: number;
  readonly low: number;
  readonly high: number;
}

function draw({ trajectories }: Trajectories, { span, scale, width, anchored }: Frame): Element {
  const lines = trajectories.map(({ participant, points }, index) => ({
    participant,
    look: LOOKS[index % LOOKS.length]!,
    marks: points.flatMap((point): readonly Mark[] => (point.elo === null || point.low === null || point.high === null ? [] : [{ at: new Date(point.at), elo: point.elo, low: inside(scale, point.low), high: inside(scale, point.high) }])),
  }));
  const narrow = width < 560;
  const figure = Plot.plot({
    className: "shares",
    width,
    height: HEIGHT,
    marginLeft: 52,
    marginRight: narrow ? 24 : 150,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { type: "utc", domain: span.map((at) => new Date(at)), label: null, ticks: Math.max(2, Math.floor(width / 150)), tickFormat: (at: Date) => timeTick(at, span) },
    y: { domain: [scale.low, scale.high], label: null, ticks: [...scale.ticks], tickFormat: (value: number) => elo(value, anchored) },
    marks: [
      Plot.gridY([...scale.ticks], { stroke: "var(--line)", strokeOpacity: 1 }),
      ...lines.map(({ marks, look }) => Plot.areaY(marks, { x: "at", y1: "low", y2: "high", fill: look.colour, fillOpacity: 0.13 })),
      ...lines.map(({ marks, look }) => Plot.line(marks, { x: "at", y: "elo", stroke: look.colour, strokeWidth: 2, strokeDasharray: look.dash })),
      ...lines.map(({ marks, look }) => Plot.dot(marks.slice(-1), { x: "at", y: "elo", r: 4.5, symbol: look.symbol, fill: look.colour, stroke: "var(--surface)" })),
      ...(narrow ? [] : labelMarks(lines, scale)),
    ],
  });
  // Plot ships its few rules in a style element, which the Content-Security-Policy forbids; ours are in charts.css.
  for (const style of figure.querySelectorAll("style")) style.remove();
  return figure;
}

type DrawnLine = { readonly participant: string; readonly look: Look; readonly marks: readonly Mark[] };

/** Names at the ends of the lines, moved apart where lines end close together. */
function labelMarks(lines: readonly DrawnLine[], { low, high }: Scale): Plot.Markish[] {
  const ended = lines.filter((line) => line.marks.length > 0);
  const pixel = (value: number) => MARGIN.top + ((high - value) / (high - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const wanted = ended.map((line) => pixel(line.marks.at(-1)?.elo ?? 0));
  const placed = spread(wanted, LABEL_GAP, [MARGIN.top + 6, HEIGHT - MARGIN.bottom]);
  return ended.map((line, index) => Plot.text(line.marks.slice(-1), { x: "at", y: "elo", text: () => shortened(line.participant, 20), dx: 10, dy: placed[index]! - wanted[index]!, textAnchor: "start", fill: "var(--ink)", fontSize: 12 }));
}

function inside({ low, high }: Scale, value: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Days where the span is of days, times of day otherwise; UTC, as everywhere. */
function timeTick(at: Date, [from, to]: readonly [number, number]): string {
  const text = utc(at.getTime());
  return to - from > 3 * 86_400_000 ? text.slice(0, 10) : text.slice(5, 16);
}

function wordsOf({ trajectories, against }: Trajectories, anchored: boolean): string {
  const lines = trajectories.map(({ participant, points }) => {
    const known = points.filter((point) => point.elo !== null);
    const [first, last] = [known[0], known.at(-1)];
    if (first?.elo == null || last?.elo == null) return `${participant}: nothing known.`;
    return `${participant}: from ${elo(first.elo, anchored)} at ${utc(first.at)} to ${elo(last.elo, anchored)} (${eloInterval(last, anchored)}) at ${utc(last.at)}.`;
  });
  return `Ratings over time${against === null ? "" : `, against ${against}`}. ${lines.join(" ")}`;
}

function Table({ series, anchored }: { readonly series: Trajectories; readonly anchored: boolean }): JSX.Element {
  return (
    <>
      <ul className="chart-key trajectory-key">
        {series.trajectories.map(({ participant, points }, index) => {
          const last = points.at(-1);
          return (
            <li key={participant}>
              <svg width="30" height="12" aria-hidden="true">
                <line className={`line-${(index % LOOKS.length) + 1}`} x1="1" x2="29" y1="6" y2="6" strokeWidth="2.5" strokeDasharray={LOOKS[index % LOOKS.length]?.dash} />
              </svg>
              {participant} <strong>{last?.elo == null ? "–" : elo(last.elo, anchored)}</strong>
            </li>
          );
        })}
      </ul>
      <details className="table-alternative">
        <summary>Show as a table</summary>
        <ScrollRegion label="Ratings over time, as a table">
          <table>
            <thead>
              <tr>
                <th scope="col">Participant</th>
                <th scope="col">All matches up to</th>
                <th scope="col">Its matches</th>
                <th scope="col">Elo</th>
                <th scope="col">Interval</th>
              </tr>
            </thead>
            <tbody>
              {series.trajectories.flatMap(({ participant, points }) =>
                points.map((point) => (
                  <tr key={`${participant} ${point.at}`}>
                    <th scope="row">{participant}</th>
                    <td>
                      <Moment at={point.at} />
                    </td>
                    <td>{count(point.games)}</td>
                    <td>{point.elo === null ? "not comparable" : elo(point.elo, anchored)}</td>
                    <td>{eloInterval(point, anchored)}</td>
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </ScrollRegion>
      </details>
    </>
  );
}
