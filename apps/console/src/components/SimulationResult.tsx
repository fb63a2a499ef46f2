import type { SimulationReport } from "@gauntlet/contract";
import type { JSX } from "react";

import { count } from "../format/number.ts";
import { effectWords, simulationSentences } from "../format/simulation.ts";
import { Panel } from "./Panel.tsx";
import { SimulationPlots } from "./SimulationPlots.tsx";
import { SimulationTable } from "./SimulationTable.tsx";

export function SimulationResult({ report }: { readonly report: SimulationReport }): JSX.Element {
  return (
    <>
      <Panel title={`What ${report.policy} would do`} note={`${report.mode}, ${count(report.runs)} runs for each effect, seed ${report.seed}`}>
        <ul className="simulate-sentences">
          {simulationSentences(report).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <SimulationPlots report={report} />
        <SimulationTable points={report.points} />
      </Panel>
      <Panel title="Assumed" note={report.assumed.length === 0 ? "nothing: every figure was given" : "nobody gave these figures; others would give another answer"}>
        <dl className="assumed">
          {report.assumed.map(({ pointer, says }) => (
            <div key={pointer}>
              <dt>
                <code>{pointer}</code>
              </dt>
              <dd>{says}</dd>
            </div>
          ))}
        </dl>
        {report.impossible.map(({ effect, says }) => (
          <p key={effect} className="note note-warn">
            {effectWords(effect)} was left out: {says}.
          </p>
        ))}
      </Panel>
    </>
  );
}
