import * as Plot from "@observablehq/plot";
import type { CheckResult } from "@gauntlet/core";
import { useEffect, useMemo, useRef, type JSX } from "react";

import { forestRows, type ForestRow } from "../format/forest.ts";
import { ForestTable } from "./ForestTable.tsx";
import { Panel } from "./Panel.tsx";
import { useWidth } from "./use-width.ts";

/** Below this width the titles stand above their rows instead of beside them. */
const NARROW = 560;

/** Estimates with their intervals against what is allowed, every row on the scale of its own limit. */
export function ForestPlot({ checks }: { readonly checks: readonly CheckResult[] }): JSX.Element {
  const rows = useMemo(() => forestRows(checks), [checks]);
  const [holder, width] = useWidth();
  const drawing = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (drawing.current === null || width === 0 || rows.length === 0) return;
    drawing.current.replaceChildren(draw(rows, width));
  }, [rows, width]);
  return (
    <Panel title="Effects against their limits" note="each row on its own scale">
      {rows.length === 0 ? (
        <p className="quiet">No check has an estimate yet.</p>
      ) : (
        <>
          {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element can't hold a drawing made here. */}
          <div ref={holder} className="forest-holder" role="img" aria-label={`Forest plot. ${rows.map((row) => row.words).join(" ")}`}>
            <div ref={drawing} aria-hidden="true" />
          </div>
          <ForestKey />
          <ForestTable checks={checks} />
        </>
      )}
    </Panel>
  );
}

function ForestKey(): JSX.Element {
  return (
    <ul className="chart-key" aria-hidden="true">
      <li>
        <span className="key-allowed" /> allowed
      </li>
      <li>
        <span className="key-limit" /> limit
      </li>
      <li>
        <span className="key-interval" /> estimate and interval
      </li>
      <li>
        <span className="key-equal" /> both versions equal
      </li>
    </ul>
  );
}

const COLOURS: Readonly<Record<CheckResult["status"], string>> = {
  pass: "var(--good)",
  warn: "var(--warn)",
  unproven: "var(--calm)",
  fail: "var(--bad)",
  unavailable: "var(--ink-3)",
};
const SYMBOLS: Readonly<Record<CheckResult["status"], Plot.SymbolType>> = { pass: "circle", warn: "triangle", unproven: "square", fail: "diamond", unavailable: "plus" };

function draw(rows: readonly ForestRow[], width: number): Element {
  const narrow = width < NARROW;
  const rowHeight = narrow ? 68 : 52;
  const ids = rows.map((row) => row.id);
  const figure = Plot.plot({
    className: "forest",
    width,
    height: rows.length * rowHeight + 4,
    marginLeft: narrow ? 2 : 188,
    marginRight: narrow ? 2 : 92,
    marginTop: 2,
    marginBottom: 2,
    x: { domain: [0, 1], axis: null },
    y: { domain: ids, axis: null, padding: 0 },
    marks: [...scaleMarks(rows, narrow), ...valueMarks(rows, narrow), ...labelMarks(rows, narrow)],
  });
  // Plot ships its few rules in a style element, which the Content-Security-Policy forbids; ours are in charts.css.
  for (const style of figure.querySelectorAll("style")) style.remove();
  return figure;
}

/** The middle of the band, moved down where the title stands above. */
const INSETS = { wide: { insetTop: 13, insetBottom: 19 }, narrow: { insetTop: 27, insetBottom: 21 } } as const;

function scaleMarks(rows: readonly ForestRow[], narrow: boolean): Plot.Markish[] {
  const insets = INSETS[narrow ? "narrow" : "wide"];
  const bounds = rows.flatMap((row) => row.bounds.map((bound) => ({ ...bound, id: row.id })));
  const equals = rows.flatMap((row) => (row.equal === null ? [] : [{ id: row.id, at: row.equal }]));
  return [
    Plot.barX(rows, { x1: 0, x2: 1, y: "id", fill: "var(--sunken)", ...insets, rx: 3 }),
    Plot.barX(
      rows.flatMap((row) => (row.allowed === null ? [] : [{ id: row.id, ...row.allowed }])),
      { x1: "low", x2: "high", y: "id", fill: "var(--allowed)", ...insets },
    ),
    Plot.tickX(equals, { x: "at", y: "id", stroke: "var(--ink-3)", strokeDasharray: "2,3", ...insets }),
    Plot.tickX(bounds, { x: "at", y: "id", stroke: "var(--ink-2)", strokeWidth: 2, insetTop: insets.insetTop - 3, insetBottom: insets.insetBottom - 3 }),
    Plot.text(bounds, { x: "at", y: "id", text: "words", dy: narrow ? 24 : 18, fontSize: 11, fill: "var(--ink-2)" }),
  ];
}

/** Marks of one colour and shape at a time: Plot would take varying ones for data, and make scales and legends of them. */
function valueMarks(all: readonly ForestRow[], narrow: boolean): Plot.Markish[] {
  return [...new Set(all.map((row) => row.status))].flatMap((status) => {
    const rows = all.filter((row) => row.status === status);
    const measured = rows.flatMap((row) => (row.interval === null ? [] : [{ ...row.interval, id: row.id }]));
    const ends = measured.flatMap((interval) => [...(interval.cutLow ? [] : [{ id: interval.id, at: interval.low }]), ...(interval.cutHigh ? [] : [{ id: interval.id, at: interval.high }])]);
    const insets = INSETS[narrow ? "narrow" : "wide"];
    const middle = { dy: (insets.insetTop - insets.insetBottom) / 2 };
    const colour = COLOURS[status];
    return [
      Plot.ruleY(measured, { x1: "low", x2: "high", y: "id", stroke: colour, strokeWidth: 2.5, ...middle }),
      Plot.tickX(ends, { x: "at", y: "id", stroke: colour, strokeWidth: 2.5, insetTop: insets.insetTop + 5, insetBottom: insets.insetBottom + 5 }),
      Plot.text(measured.filter((interval) => interval.cutLow), { x: "low", y: "id", text: () => "◀", fill: colour, fontSize: 12, ...middle }),
      Plot.text(measured.filter((interval) => interval.cutHigh), { x: "high", y: "id", text: () => "▶", fill: colour, fontSize: 12, ...middle }),
      Plot.dot(rows, { x: "estimate", y: "id", r: 5.5, symbol: SYMBOLS[status], fill: colour, stroke: "var(--surface)", strokeWidth: 1.5, ...middle }),
    ];
  });
}

function labelMarks(rows: readonly ForestRow[], narrow: boolean): Plot.Markish[] {
  const title = { text: "title", y: "id", fill: "var(--ink)", fontSize: 13 } as const;
  const value = { text: "estimateWords", y: "id", fill: "var(--ink)", fontSize: 13, fontWeight: 600, fontVariant: "tabular-nums" } as const;
  if (narrow) {
    return [
      Plot.text(rows, { ...title, frameAnchor: "left", dy: -22 }),
      Plot.text(rows, { ...value, frameAnchor: "right", dy: -22 }),
    ];
  }
  return [
    Plot.text(rows, { ...title, frameAnchor: "left", dx: -12, dy: -3, textAnchor: "end" }),
    Plot.text(rows, { ...value, frameAnchor: "right", dx: 12, dy: -3, textAnchor: "start" }),
  ];
}
