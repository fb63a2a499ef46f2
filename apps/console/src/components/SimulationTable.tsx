import type { JSX } from "react";

import { count } from "../format/number.ts";
import { chanceWords, days, effectWords, type SimulatedPoint } from "../format/simulation.ts";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** The figures of the plots, and what a verdict takes, as a table. */
export function SimulationTable({ points }: { readonly points: readonly SimulatedPoint[] }): JSX.Element {
  const stages = points[0]?.policy.stages;
  return (
    <details className="table-alternative">
      <summary>Show as a table</summary>
      <ScrollRegion label="Chances against the true effect, as a table">
        <table>
          <caption>Shares of runs with their Wilson intervals at 95 %; means until the verdict.</caption>
          <thead>
            <tr>
              <th scope="col">True effect</th>
              <th scope="col">Promote</th>
              <th scope="col">Retain</th>
              <th scope="col">Roll back</th>
              <th scope="col">Open</th>
              <th scope="col">Naive promotes</th>
              {stages === undefined ? null : <th scope="col">Naive rolls back</th>}
              <th scope="col">Days</th>
              <th scope="col">Live samples</th>
              <th scope="col">Exposed</th>
              <th scope="col">{stages === undefined ? "Harmed" : "Exposed to harm"}</th>
              {stages?.map(({ name }) => (
                <th key={name} scope="col">
                  Exposed at {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <PointRow key={point.effect} point={point} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}

function PointRow({ point }: { readonly point: SimulatedPoint }): JSX.Element {
  const { policy, naive } = point;
  return (
    <tr>
      <th scope="row">
        {effectWords(point.effect)} <span className="quiet">{point.deserving ? "deserves it" : "does not deserve it"}</span>
      </th>
      <td>{chanceWords(policy.promote)}</td>
      <td>{chanceWords(policy.retain)}</td>
      <td>{chanceWords(policy.rollback)}</td>
      <td>{chanceWords(policy.hold)}</td>
      <td>{naive === null ? "–" : chanceWords(naive.promote)}</td>
      {policy.stages === undefined ? null : <td>{naive === null ? "–" : chanceWords(naive.rollback)}</td>}
      <td>{days(policy.days.mean)}</td>
      <td>{count(Math.round(policy.samples.mean))}</td>
      <td>{count(Math.round(policy.exposed.mean))}</td>
      <td>{count(Math.round(policy.harmed.mean))}</td>
      {policy.stages?.map(({ name, exposed }) => (
        <td key={name}>{count(Math.round(exposed))}</td>
      ))}
    </tr>
  );
}
