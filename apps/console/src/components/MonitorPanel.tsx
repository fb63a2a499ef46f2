import type { ModelDetail, MonitorDetail } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";

import { monitorQuery } from "../api/monitor.ts";
import { count } from "../format/number.ts";
import { FIGURE_WORDS, MONITOR_WORDS, monitorCharts, monitorFacts, outcomeWords, titleOf } from "../format/monitor.ts";
import { ago, duration } from "../format/time.ts";
import { FailureNote } from "./FailureNote.tsx";
import { Figures } from "./Figures.tsx";
import { Icon } from "./Icon.tsx";
import { Moment } from "./Moment.tsx";
import { Panel } from "./Panel.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";
import { SeriesChart } from "./SeriesChart.tsx";

/** Whether what was promoted still holds what it promised, and what happens when it doesn't. */
export function MonitorPanel({ detail }: { readonly detail: ModelDetail }): JSX.Element | null {
  const { rollout } = detail.state;
  const rules = rollout?.policy.monitor;
  const query = useQuery({ ...monitorQuery(detail.summary.model), enabled: rules !== undefined });
  if (rollout === null || rules === undefined) return null;
  const watched = query.data?.monitor.watched === rollout.id ? query.data : null;
  return (
    <Panel title="After the promotion" note={rules.mode === "rollback" ? "watched, and rolled back by itself" : "watched; hooks are told"} id="monitor">
      {query.isError ? <FailureNote title="The monitor can't be read" error={query.error} retry={() => void query.refetch()} /> : null}
      {watched === null ? (
        <p className="quiet">
          {rollout.status === "running" ? "Nothing is promoted yet. Once it is, it" : rollout.status === "promoted" ? "Nothing was checked yet: it" : "This rollout promoted nothing that could be watched. What is promoted"} is checked every {duration(rules.everyMs)} when there is new evidence, and {rules.mode === "rollback" ? "rolled back" : "reported"} after {count(rules.consecutive)}{" "}
          {rules.consecutive === 1 ? "regression" : "regressions in a row"}.
        </p>
      ) : (
        <Watched watched={watched} />
      )}
    </Panel>
  );
}

function Watched({ watched }: { readonly watched: MonitorDetail }): JSX.Element {
  const { monitor, checks, deliveries, now } = watched;
  const { word, icon, tone } = MONITOR_WORDS[monitor.status];
  return (
    <>
      <p className={`monitor-status monitor-${tone}`}>
        <Icon name={icon} /> <strong>{word}</strong>
        {monitor.lastCheckAt === null ? null : <span className="quiet">checked {ago(monitor.lastCheckAt, now)}</span>}
      </p>
      {(monitor.triggered?.says ?? monitor.says) === null ? null : <p>{monitor.triggered?.says ?? monitor.says}</p>}
      <Figures className="monitor-facts" figures={monitorFacts(watched)} />
      <div className="small-multiples">
        {monitorCharts(checks).map((chart) => (
          <SeriesChart key={chart.id} chart={chart} height={150} />
        ))}
      </div>
      {checks.length === 0 ? null : <Checks checks={checks} />}
      {deliveries.length === 0 ? null : <Deliveries deliveries={deliveries} />}
    </>
  );
}

function Checks({ checks }: Pick<MonitorDetail, "checks">): JSX.Element {
  return (
    <details className="table-alternative">
      <summary>Every check, newest first</summary>
      <ScrollRegion label="Checks after the promotion, newest first">
        <table>
          <thead>
            <tr>
              <th scope="col">At</th>
              <th scope="col" className="number">
                Evidence since
              </th>
              <th scope="col">Came to</th>
              <th scope="col">Figures</th>
            </tr>
          </thead>
          <tbody>
            {checks.map((check) => (
              <tr key={`${check.watched} ${check.at}`}>
                <td>
                  <Moment at={check.at} />
                </td>
                <td className="number">{count(check.samples)}</td>
                <td>{outcomeWords(check)}</td>
                <td className="monitor-figures">
                  {check.figures.map((figure) => (
                    <p key={figure.id}>
                      <span className={`check-mark check-${FIGURE_WORDS[figure.status].mark}`}>{FIGURE_WORDS[figure.status].word}</span> {titleOf(figure.id)}: {figure.says}
                    </p>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}

function Deliveries({ deliveries }: Pick<MonitorDetail, "deliveries">): JSX.Element {
  return (
    <details className="table-alternative">
      <summary>What hooks were told</summary>
      <ScrollRegion label="What hooks were told, newest first">
        <table>
          <thead>
            <tr>
              <th scope="col">At</th>
              <th scope="col">Hook</th>
              <th scope="col">Told</th>
              <th scope="col">Delivery</th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map((delivery) => (
              <tr key={delivery.id}>
                <td>
                  <Moment at={delivery.createdAt} />
                </td>
                <th scope="row">{delivery.hook}</th>
                <td className="monitor-figures">{delivery.says}</td>
                <td>
                  {delivery.status}, {count(delivery.attempts)} {delivery.attempts === 1 ? "attempt" : "attempts"}
                  {delivery.status === "delivered" || delivery.detail === null ? "" : `: ${delivery.detail}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}
