import type { LedgerEntry } from "../ledger/entry.ts";
import { decisionDocument, type DecisionDocument, type VersionFigures } from "./decision-document.ts";

/**
 * The lifecycle of both versions after a decision, in the shape of document 003. Exactly one of them is in production.
 * `fraud_detection_rate` is that document's other name for recall.
 */
export function lifecycleDocument(entry: LedgerEntry): Readonly<Record<string, unknown>> {
  const document = decisionDocument(entry);
  const { champion, challenger } = document.test?.versions ?? document.versions;
  const promoted = document.outcome.verdict === "promote";
  const statuses = statusesOf(document, promoted);
  const failure = promoted ? null : document.outcome.sentence;
  return {
    model_lifecycle: {
      [`${document.decision.model} version ${champion.version}`]: {
        status: statuses.champion,
        metrics: metricsOf(champion),
        last_updated: document.decision.at,
      },
      [`${document.decision.model} version ${challenger.version}`]: {
        status: statuses.challenger,
        metrics: metricsOf(challenger),
        last_updated: document.decision.at,
        ab_test: {
          duration: { from: document.test?.from ?? document.window.from, to: document.test?.to ?? document.window.to },
          ...(document.matches === undefined ? { traffic_split: { baseline: champion.intendedShare, candidate: challenger.intendedShare } } : { matches: document.matches.head?.games ?? document.matches.challenger.service?.games ?? 0 }),
          ...(document.test === undefined ? {} : { watch: { from: document.window.from, to: document.window.to } }),
          outcome: document.outcome.sentence,
        },
        failure_analysis: failure,
      },
    },
    decision: document.decision.id,
    ledger: document.proof,
  };
}

/** A promotion by matches may be to a place where the champion stays, or give one back. */
function statusesOf({ matches }: DecisionDocument, promoted: boolean): { readonly champion: string; readonly challenger: string } {
  const place = matches?.promotion ?? "production";
  const isHigh = place === "production" || place === "champion";
  if (!promoted) return { champion: "Retained (Production)", challenger: isHigh || place === "staging" ? "Archived" : "Not promoted" };
  if (isHigh) return { champion: "Superseded (previous)", challenger: "Promoted (Production)" };
  if (place === "rollback") return { champion: "Rolled back", challenger: "Promoted (Production)" };
  return { champion: "Retained (Production)", challenger: place === "staging" ? "Promoted (Staging)" : `Promoted (${place})` };
}

function metricsOf(version: VersionFigures): unknown {
  return { precision: version.precision, recall: version.recall, fraud_detection_rate: version.recall };
}
