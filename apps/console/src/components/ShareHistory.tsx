import * as Plot from "@observablehq/plot";
import type { RampSeries } from "@gauntlet/contract";
import { useEffect, useMemo, useRef, type JSX } from "react";

import { percent } from "../format/number.ts";
import { armsOf, intendedBlocks, observedBlocks, type ShareBlock } from "../format/ramp.ts";
import { Moment } from "./Moment.tsx";
import { Panel } from "./Panel.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";
import { useWidth } from "./use-width.ts";

/** How traffic was to be split, and how it was, on one axis of time. */
export function ShareHistory({ series }: { readonly series: RampSeries }): JSX.Element {
  const arms = useMemo(() => armsOf(series), [series]);
  const rows = useMemo(() => ({ intended: intendedBlocks(series), observed: observedBlocks(series) }), [series]);
  const [holder, width] = useWidth();
  const drawing = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (drawing.current === null || width === 0 || rows.intended.length === 0) return;
    const span = spanOf([...rows.intended, ...rows.observed]);
    drawing.current.replaceChildren(draw(rows.intended, { arms, width, span, title: "intended" }), draw(rows.observed, { arms, width, span, title: "observed" }));
  }, [rows, arms, width]);
  if (series.intended.length === 0) return <Panel title="Shares over time">{<p className="quiet">No split has been read back yet.</p>}</Panel>;
  return (
    <Panel title="Shares over time" note="intended above, observed in live outcomes below; times in UTC">
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element can't hold a drawing made here. */}
      <div ref={holder} className="shares-holder" role="img" aria-label={wordsOf(series)}>
        <div ref={drawing} aria-hidden="true" />
      </div>
      <ul className="chart-key" aria-hidden="true">
        {arms.map((arm, index) => (
          <li key={arm}>
            <span className={`key-arm arm-${index % TONES.length}`} /> {arm}
          </li>
        ))}
      </ul>
      <SharesTable series={series} />
    </Panel>
  );
}

/** The champion is grey and the candidate blue, as everywhere; patterns of lightness keep the others apart. */
const TONES = ["var(--champion)", "var(--arm-2)", "var(--challenger)", "var(--arm-4)"] as const;

interface Drawing {
  readonly arms: readonly string[];
  readonly width: number;
  readonly span: readonly [number, number];
  readonly title: string;
}

function draw(blocks: readonly ShareBlock[], { arms, width, span, title }: Drawing): Element {
  const figure = Plot.plot({
    className: "shares",
    width,
    height: 132,
    marginLeft: 46,
    marginRight: 24,
    marginTop: 20,
    marginBottom: 22,
    x: { type: "utc", domain: span.map((at) => new Date(at)), label: null, ticks: Math.max(2, Math.floor(width / 130)), tickFormat: timeTick },
    y: { domain: [0, 1], label: null, tickFormat: (value: number) => `${Math.round(value * 100)} %`, ticks: [0, 0.5, 1] },
    marks: [
      ...arms.map((arm, index) =>
        Plot.rect(blocks.filter((block) => block.arm === arm), { x1: (block: ShareBlock) => new Date(block.from), x2: (block: ShareBlock) => new Date(block.to), y1: "low", y2: "high", fill: TONES[index % TONES.length] ?? TONES[0] }),
      ),
      Plot.text([title], { text: (word: string) => word, frameAnchor: "top-left", dx: 6, dy: -16, fill: "var(--ink)", fontSize: 12, fontWeight: 600 }),
    ],
  });
  // Plot ships its few rules in a style element, which the Content-Security-Policy forbids; ours are in charts.css.
  for (const style of figure.querySelectorAll("style")) style.remove();
  return figure;
}

/** The day where one begins, else the time of day; UTC, as everywhere. */
function timeTick(at: Date): string {
  const [day = "", time = ""] = at.toISOString().split("T");
  return time.startsWith("00:00") ? day.slice(5) : time.slice(0, 5);
}

function spanOf(blocks: readonly ShareBlock[]): readonly [number, number] {
  const from = Math.min(...blocks.map((block) => block.from));
  return [from, Math.max(from + 1, ...blocks.map((block) => block.to))];
}

function wordsOf({ intended, observed }: RampSeries): string {
  const steps = intended.map((step) => `${new Date(step.at).toISOString().slice(0, 16)}: ${step.arms.map((arm) => `${arm.slot} ${percent(arm.share, 2)}`).join(", ")}.`);
  return `Shares over time. ${steps.join(" ")} Observed in ${observed.length} time buckets.`;
}

function SharesTable({ series }: { readonly series: RampSeries }): JSX.Element {
  return (
    <details className="table-alternative">
      <summary>Show as a table</summary>
      <ScrollRegion label="Intended shares, as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Epoch</th>
              <th scope="col">Why</th>
              <th scope="col">Shares</th>
            </tr>
          </thead>
          <tbody>
            {series.intended.map((step) => (
              <tr key={step.epoch}>
                <th scope="row">
                  <Moment at={step.at} />
                </th>
                <td>{step.epoch}</td>
                <td>{step.why}</td>
                <td>{step.arms.map((arm) => `${arm.slot} (version ${arm.version}) ${percent(arm.share, 2)}`).join(", ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}
