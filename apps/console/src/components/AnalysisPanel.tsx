import type { FailureAnalysisReport, ModelDetail } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import { useState, type JSX } from "react";

import { analysisQuery } from "../api/analysis.ts";
import { byCause, CAUSE_TITLES, movedMost, notLookedAt, PRIMARY_TITLES, type AnalysedFeature, type AnalysedFinding } from "../format/analysis.ts";
import { counted, pValue, plain } from "../format/number.ts";
import { BinBars } from "./BinBars.tsx";
import { CheckMark } from "./CheckMark.tsx";
import { FailureNote } from "./FailureNote.tsx";
import { Loading } from "./Loading.tsx";
import { Panel } from "./Panel.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** Why a version was not kept. One that was found worse, or that was taken back, is looked at by itself; any other on request. */
export function AnalysisPanel({ detail: { state, decision } }: { readonly detail: ModelDetail }): JSX.Element | null {
  const { rollout } = state;
  const [asked, setAsked] = useState(false);
  // Those that move no requests have nothing that was served to be looked at.
  if (rollout === null || decision === null || rollout.policy.kind === "rating" || rollout.policy.kind === "slots") return null;
  const ended = rollout.status === "rolled_back" || (rollout.status === "retained" && decision.reason === "worse");
  if (ended || asked) return <Analysed model={rollout.model} rollout={rollout.id} />;
  return (
    <Panel title="Why" id="analysis">
      <p className="quiet">Drift, holdout, overfitting, parity with training, artifacts and configuration can be looked at for this version.</p>
      <button type="button" className="button" onClick={() => setAsked(true)}>
        Look into it
      </button>
    </Panel>
  );
}

function Analysed({ model, rollout }: { readonly model: string; readonly rollout: string }): JSX.Element {
  const query = useQuery(analysisQuery(model, rollout));
  const report = query.data === undefined ? null : <a href={paths.analysis(model, "md", rollout)}>Report</a>;
  return (
    <Panel title="Why" note="the first cause that failed is the primary one" id="analysis" aside={report}>
      {query.isError ? <FailureNote title="This can't be analysed" error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data === undefined && !query.isError ? <Loading what="the analysis" lines={4} /> : null}
      {query.data === undefined ? null : <Report report={query.data} />}
    </Panel>
  );
}

function Report({ report }: { readonly report: FailureAnalysisReport }): JSX.Element {
  const features = movedMost(report);
  return (
    <>
      <p className="analysis-cause">
        <strong>{PRIMARY_TITLES[report.primary]}.</strong> {report.says}
      </p>
      {report.steps.length === 0 ? null : (
        <details className="table-alternative">
          <summary>What to do next</summary>
          <ol>
            {report.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      )}
      {byCause(report).map(({ cause, findings }) => (
        <section key={cause} className="analysis-group" aria-label={CAUSE_TITLES[cause]}>
          <h3>{CAUSE_TITLES[cause]}</h3>
          <ul className="plain-list">
            {findings.map((finding) => (
              <FindingLine key={finding.id} finding={finding} />
            ))}
          </ul>
        </section>
      ))}
      <NotLookedAt findings={notLookedAt(report)} />
      {features.length === 0 ? null : (
        <>
          <p className="bin-key">
            <span className="key-before" aria-hidden="true" /> training <span className="key-after" aria-hidden="true" /> production
          </p>
          <div className="bin-grid">
            {features.map((feature) => (
              <BinBars key={feature.name} feature={feature} />
            ))}
          </div>
          <FeatureTable features={features} />
        </>
      )}
    </>
  );
}

/** A question without data is no passed question: it is told apart, with what it needs. */
function NotLookedAt({ findings }: { readonly findings: readonly AnalysedFinding[] }): JSX.Element | null {
  if (findings.length === 0) return null;
  return (
    <details className="table-alternative">
      <summary>
        {counted(findings.length, "question", "questions")} without data, and what {findings.length === 1 ? "it needs" : "they need"}
      </summary>
      <ul className="plain-list">
        {findings.map((finding) => (
          <li key={finding.id}>
            <strong>{CAUSE_TITLES[finding.cause]}.</strong> {finding.says} <span className="quiet">{finding.fix}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function FindingLine({ finding }: { readonly finding: AnalysedFinding }): JSX.Element {
  return (
    <li className="analysis-finding">
      <CheckMark status={finding.status} />
      <span>
        {finding.says}
        {finding.fix === null ? null : <span className="quiet"> {finding.fix}</span>}
      </span>
    </li>
  );
}

function FeatureTable({ features }: { readonly features: readonly AnalysedFeature[] }): JSX.Element {
  return (
    <details className="table-alternative">
      <summary>Show as a table</summary>
      <ScrollRegion label="Features, the most moved first">
        <table>
          <thead>
            <tr>
              <th scope="col">Feature</th>
              <th scope="col" className="number">
                Effect
              </th>
              <th scope="col" className="number">
                Adjusted p
              </th>
              <th scope="col" className="number">
                Stability index
              </th>
              <th scope="col" className="number">
                Noise
              </th>
              <th scope="col">Reading</th>
            </tr>
          </thead>
          <tbody>
            {features.map((feature) => (
              <tr key={feature.name}>
                <th scope="row">{feature.name}</th>
                <td className="number">{plain(feature.effect)}</td>
                <td className="number">{pValue(feature.adjustedP)}</td>
                <td className="number">{plain(feature.psi)}</td>
                <td className="number">{plain(feature.psiNoise)}</td>
                <td>{READING_WORDS[feature.reading]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}

const READING_WORDS: Readonly<Record<AnalysedFeature["reading"], string>> = { none: "did not move", prior: "the classes' shares moved", conditional: "moved within a class", unknown: "too few labels to tell" };
