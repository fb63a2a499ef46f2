import type { EvidencePoint } from "@gauntlet/contract";
import type { JSX } from "react";

import { count, percent, percentagePoints, times } from "../format/number.ts";
import { Moment } from "./Moment.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

const ROWS_MAX = 60;

/** The charts' figures as a table, newest first. */
export function EvidenceTable({ points }: { readonly points: readonly EvidencePoint[] }): JSX.Element {
  const shown = points.slice(-ROWS_MAX).toReversed();
  return (
    <details className="table-alternative">
      <summary>Show as a table</summary>
      <ScrollRegion label="Evidence over time, as a table">
        <table>
          <caption>{points.length > ROWS_MAX ? `The newest ${ROWS_MAX} of ${count(points.length)} points.` : "All points, newest first."} Champion / challenger.</caption>
          <thead>
            <tr>
              <th scope="col">By</th>
              <th scope="col">Live</th>
              <th scope="col">Recall</th>
              <th scope="col">Precision</th>
              <th scope="col">Pairs</th>
              <th scope="col">Recall ratio</th>
              <th scope="col">Interval, at any time</th>
              <th scope="col">Interval, once</th>
              <th scope="col">Precision, difference</th>
              <th scope="col">Its bounds, watched</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((point) => (
              <EvidenceRow key={point.at} point={point} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}

function EvidenceRow({ point }: { readonly point: EvidencePoint }): JSX.Element {
  const { champion, challenger, recallRatio, precisionDifference } = point;
  return (
    <tr>
      <th scope="row">
        <Moment at={point.at} />
      </th>
      <td>
        {count(champion.live)} / {count(challenger.live)}
      </td>
      <td>
        {share(champion.recall)} / {share(challenger.recall)}
      </td>
      <td>
        {share(champion.precision)} / {share(challenger.precision)}
      </td>
      <td>{count(point.paired)}</td>
      <td>{recallRatio === null ? "–" : times(recallRatio.estimate)}</td>
      <td>{recallRatio === null ? "–" : `${bound(recallRatio.watchedLow)} to ${bound(recallRatio.watchedHigh)}`}</td>
      <td>{recallRatio === null ? "–" : `${times(recallRatio.low)} to ${times(recallRatio.high)}`}</td>
      <td>{precisionDifference === null ? "–" : percentagePoints(precisionDifference.estimate)}</td>
      <td>{precisionDifference === null ? "–" : `${bound(precisionDifference.watchedLow, percentagePoints)} to ${bound(precisionDifference.watchedHigh, percentagePoints)}`}</td>
    </tr>
  );
}

function bound(value: number | null, say: (value: number) => string = times): string {
  return value === null ? "any" : say(value);
}

function share(value: number | null): string {
  return value === null ? "–" : percent(value, 2);
}
