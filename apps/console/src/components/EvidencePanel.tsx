import type { ModelDetail } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import { useMemo, type JSX } from "react";

import { evidenceQuery } from "../api/queries.ts";
import { precisionChart, ratioChart, sideCharts, type Chart } from "../format/evidence.ts";
import { count } from "../format/number.ts";
import { duration } from "../format/time.ts";
import { EvidenceTable } from "./EvidenceTable.tsx";
import { FailureNote } from "./FailureNote.tsx";
import { Loading } from "./Loading.tsx";
import { Panel } from "./Panel.tsx";
import { RibbonKey } from "./RibbonKey.tsx";
import { SeriesChart } from "./SeriesChart.tsx";

/** What was known when: the compared quantity with its ribbon, and the guardrails beside it. */
export function EvidencePanel({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const { rollout } = detail.state;
  const evidence = useQuery({ ...evidenceQuery(detail.summary.model), enabled: rollout !== null });
  const series = evidence.data;
  const charts = useMemo(
    () => (series === undefined ? null : { ratio: ratioChart({ series, rollout, decision: detail.decision }), precision: precisionChart({ series, rollout, decision: detail.decision }), sides: sideCharts({ series, rollout, decision: detail.decision }) }),
    [series, rollout, detail.decision],
  );
  const last = series?.points.at(-1);
  return (
    <Panel title="Evidence over time" note={series === undefined ? "" : `cumulative, a point every ${duration(series.bucketMs)}, times in UTC`}>
      {evidence.isError ? <FailureNote title="The evidence can't be read" error={evidence.error} retry={() => void evidence.refetch()} /> : null}
      {rollout === null ? <p className="quiet">No rollout, no evidence.</p> : null}
      {evidence.isLoading ? <Loading what="the evidence" lines={5} /> : null}
      {series !== undefined && last === undefined ? <p className="quiet">No outcome has arrived since the rollout began.</p> : null}
      {series === undefined || charts === null || last === undefined ? null : (
        <>
          <p className="evidence-pairs">
            <strong>{count(last.paired)}</strong> labelled pairs: <strong>{count(last.onlyChallenger)}</strong> positives only the challenger found, <strong>{count(last.onlyChampion)}</strong> only the champion.
          </p>
          {isKnown(charts.ratio) ? (
            <>
              <SeriesChart chart={charts.ratio} height={240} />
              <RibbonKey level={series.level} policy={rollout?.policy ?? null} looks={charts.ratio.moments.length} />
            </>
          ) : (
            <p className="quiet">The ratio of recalls has no interval yet: it needs labelled positives that both versions found.</p>
          )}
          {isKnown(charts.precision) ? <SeriesChart chart={charts.precision} height={200} /> : null}
          <div className="small-multiples">
            {charts.sides.map((chart) => (
              <SeriesChart key={chart.id} chart={chart} height={140} />
            ))}
          </div>
          <EvidenceTable points={series.points} />
        </>
      )}
    </Panel>
  );
}

function isKnown(chart: Chart): boolean {
  return chart.lines[0]?.values.some((value) => value !== null) === true;
}
