import type { ReconcileReportView, SyncRunView } from "@gauntlet/contract";

import { paint } from "../output/words.ts";

const PATHS: Readonly<Record<NonNullable<SyncRunView["path"]>, string>> = { equal: "nothing differed", vector: "by version vectors", sketch: "by a sketch", bulk: "everything was sent" };

/** One run as one line, or two of them with `verbose`. */
export function runText(run: SyncRunView, { colour, verbose }: { readonly colour: boolean; readonly verbose: boolean }): string {
  const came = `${run.matches_added} added, ${run.matches_skipped} skipped, ${run.matches_conflict} in conflict, ${run.matches_resolved} resolved`;
  const end = run.error !== null ? paint(colour, "red", run.error) : run.equal === true ? "equal now" : run.records_rejected > 0 ? `${run.records_rejected} records were refused here` : "they still differ: there was more meanwhile, or the peer refused some";
  const how = `  ${run.path === null ? "no difference was found out" : PATHS[run.path]}; ${run.records_sent} records sent, ${run.records_received} received; ${run.bytes_sent} bytes out, ${run.bytes_received} in; ${run.round_trips} round trips, ${(run.duration_ms / 1000).toFixed(1)} s`;
  return [`${run.remote_host}: ${came}; ${end}`, ...(verbose ? [how] : [])].join("\n");
}

export function reportText(report: ReconcileReportView, { colour, verbose }: { readonly colour: boolean; readonly verbose: boolean }): string {
  const drift = report.max_drift === null ? "Nothing is known of how far ratings are apart." : report.drift_detected ? paint(colour, "red", `Ratings are significantly apart: up to ${report.max_drift.toFixed(1)} points.`) : `Ratings are no more than ${report.max_drift.toFixed(1)} points apart.`;
  const failed = report.sync_results.filter(({ error }) => error !== null).map(({ remote_host: host }) => host);
  return [
    ...report.sync_results.map((run) => runText(run, { colour, verbose })),
    "",
    `${report.nodes_synced} synchronised, ${report.nodes_failed} failed; ${report.total_matches_added} added, ${report.total_matches_skipped} skipped, ${report.total_conflicts} in conflict, ${report.total_resolved} resolved.`,
    ...(failed.length === 0 ? [] : [`Failed: ${failed.join(", ")}`]),
    drift,
  ].join("\n");
}
