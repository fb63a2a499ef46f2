import type { Guardrail } from "@gauntlet/contract";
import type { JSX } from "react";

import { checkTitle } from "../format/check.ts";
import { guardrailChart, othersWords } from "../format/ramp.ts";
import { CHECK_WORDS } from "../format/words.ts";
import { Panel } from "./Panel.tsx";
import { SeriesChart } from "./SeriesChart.tsx";

/** Each check of the present stage over time, as it would have been judged at each instant. */
export function Guardrails({ guardrails }: { readonly guardrails: readonly Guardrail[] }): JSX.Element {
  const drawn = guardrails.filter((one) => one.points.some((point) => point.estimate !== null || point.challenger !== null));
  return (
    <Panel title="Guardrails of this stage" note="from this stage's own evidence, cumulatively">
      {drawn.length === 0 ? <p className="quiet">No check has a figure yet.</p> : null}
      <div className="small-multiples">
        {drawn.map((one) => (
          <div key={one.id} className={`guardrail guardrail-${one.status}`}>
            <SeriesChart chart={guardrailChart(one, `${checkTitle(one)} · ${CHECK_WORDS[one.status]}`)} height={140} />
            <p className="quiet guardrail-says">{one.says}</p>
            {one.others.length === 0 ? null : <p className="quiet guardrail-says">{othersWords(one)}</p>}
          </div>
        ))}
      </div>
    </Panel>
  );
}
