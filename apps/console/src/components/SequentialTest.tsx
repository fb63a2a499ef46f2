import * as Plot from "@observablehq/plot";
import type { RatingProgress } from "@gauntlet/contract";
import { useEffect, useRef, type JSX } from "react";

import { count, decimal } from "../format/number.ts";
import { testFrame, testWords } from "../format/rating-progress.ts";
import { ScrollRegion } from "./ScrollRegion.tsx";
import { useWidth } from "./use-width.ts";

type Test = NonNullable<RatingProgress["test"]>;
type Point = Test["path"][number];

/** The log-likelihood ratio game by game, between the bound that promotes and the one that retains. */
export function SequentialTest({ test }: { readonly test: Test }): JSX.Element {
  const [holder, width] = useWidth();
  const drawing = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (drawing.current === null || width === 0) return;
    const figure = draw(test, width);
    if (figure === null) drawing.current.replaceChildren();
    else drawing.current.replaceChildren(figure);
  }, [test, width]);
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element can't hold a drawing made here. */}
      <div ref={holder} className="shares-holder" role="img" aria-label={`Sequential test. ${testWords(test)}`}>
        <div ref={drawing} aria-hidden="true" />
      </div>
      {test.path.length === 0 ? null : <Table path={test.path} />}
    </>
  );
}

const HEIGHT = 250;

function draw(test: Test, width: number): Element | null {
  const frame = testFrame(test);
  if (frame === null) return null;
  const { scale, games } = frame;
  // The bounds hold from the first game on, and beyond the last.
  const path = [{ ...test.path[0]!, games: 0, llr: 0 }, ...test.path];
  const bounds = [...path, { ...path.at(-1)!, games: games[1] }];
  const figure = Plot.plot({
    className: "shares",
    width,
    height: HEIGHT,
    marginLeft: 46,
    marginRight: 16,
    marginTop: 12,
    marginBottom: 38,
    x: { domain: [...games], label: "games against each other", labelAnchor: "center", labelArrow: "none", ticks: Math.max(3, Math.floor(width / 110)), tickFormat: (value: number) => count(value) },
    y: { domain: [scale.low, scale.high], label: null, ticks: [...scale.ticks], tickFormat: (value: number) => decimal(value, 0) },
    marks: [
      Plot.areaY(bounds, { x: "games", y1: "upper", y2: () => scale.high, fill: "var(--good-ground)" }),
      Plot.areaY(bounds, { x: "games", y1: () => scale.low, y2: "lower", fill: "var(--calm-ground)" }),
      Plot.gridY([0], { stroke: "var(--line-strong)", strokeOpacity: 1 }),
      Plot.line(bounds, { x: "games", y: "upper", stroke: "var(--good)", strokeWidth: 1.75, strokeDasharray: "6,3" }),
      Plot.line(bounds, { x: "games", y: "lower", stroke: "var(--calm)", strokeWidth: 1.75, strokeDasharray: "2,3" }),
      ...(test.minGames > 0 && test.minGames <= games[1] ? [Plot.ruleX([test.minGames], { stroke: "var(--ink-3)", strokeDasharray: "2,3" }), Plot.text([test.minGames], { x: (value: number) => value, frameAnchor: "bottom", text: (value: number) => `${count(value)} games asked for`, dx: test.minGames > games[1] / 2 ? -6 : 6, dy: -6, textAnchor: test.minGames > games[1] / 2 ? "end" : "start", fill: "var(--ink-2)", fontSize: 11 })] : []),
      Plot.line(path, { x: "games", y: "llr", stroke: "var(--challenger)", strokeWidth: 2 }),
      Plot.dot(path.slice(-1), { x: "games", y: "llr", r: 5, fill: "var(--challenger)", stroke: "var(--surface)" }),
      Plot.text(bounds.slice(0, 1), { x: "games", y: "upper", text: () => "promote", dx: 6, dy: -9, textAnchor: "start", fill: "var(--good)", fontSize: 12, fontWeight: 600 }),
      Plot.text(bounds.slice(0, 1), { x: "games", y: "lower", text: () => "retain", dx: 6, dy: 11, textAnchor: "start", fill: "var(--calm)", fontSize: 12, fontWeight: 600 }),
    ],
  });
  // Plot ships its few rules in a style element, which the Content-Security-Policy forbids; ours are in charts.css.
  for (const style of figure.querySelectorAll("style")) style.remove();
  return figure;
}

/** So many rows say how it went. */
const ROWS = 20;

function Table({ path }: { readonly path: readonly Point[] }): JSX.Element {
  const step = Math.max(1, Math.ceil(path.length / ROWS));
  const shown = path.filter((_, index) => (path.length - 1 - index) % step === 0);
  return (
    <details className="table-alternative">
      <summary>Show as a table</summary>
      <ScrollRegion label="Sequential test, as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Games</th>
              <th scope="col">Log-likelihood ratio</th>
              <th scope="col">Retains at</th>
              <th scope="col">Promotes at</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((point) => (
              <tr key={point.games}>
                <th scope="row">{count(point.games)}</th>
                <td>{decimal(point.llr, 2)}</td>
                <td>{decimal(point.lower, 2)}</td>
                <td>{decimal(point.upper, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}
