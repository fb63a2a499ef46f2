import type { LedgerEntry } from "../ledger/entry.ts";
import { decisionDocument, type VersionFigures } from "./decision-document.ts";

/**
 * The lifecycle of both versions after a decision, in the shape of document 003. Exactly one of them is in production.
 * `fraud_detection_rate` is that document's other name for recall.
 */
export function lifecycleDocument(entry: LedgerEntry): unknown {
  const document = decisionDocument(entry);
  const { champion, challenger } = document.versions;
  const promoted = document.outcome.verdict === "promote";
  const failure = promoted ? null : document.outcome.sentence;
  return {
    model_lifecycle: {
      [`${document.decision.model} version ${champion.version}`]: {
        status: promoted ? "Superseded (previous)" : "Retained (Production)",
        metrics: metricsOf(champion),
        last_updated: document.decision.at,
      },
      [`${document.decision.model} version ${challenger.version}`]: {
        status: promoted ? "Promoted (Production)" : "Archived",
        metrics: metricsOf(challenger),
        last_updated: document.decision.at,
        ab_test: {
          duration: { from: document.window.from, to: document.window.to },
          traffic_split: { baseline: champion.intendedShare, candidate: challenger.intendedShare },
          outcome: document.outcome.sentence,
        },
        failure_analysis: failure,
      },
    },
    decision: document.decision.id,
    ledger: document.proof,
  };
}

function metricsOf(version: VersionFigures): unknown {
  return { precision: version.precision, recall: version.recall, fraud_detection_rate: version.recall };
}
