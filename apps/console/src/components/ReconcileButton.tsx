import type { ReconcileReportView } from "@gauntlet/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type JSX } from "react";

import { sendReconcile } from "../api/ratings.ts";
import { count } from "../format/number.ts";
import { ConfirmDialog } from "./ConfirmDialog.tsx";

/** Begins a session with each configured node, and says what came of it. */
export function ReconcileButton({ peers }: { readonly peers: readonly string[] }): JSX.Element {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<ReconcileReportView | null>(null);
  return (
    <>
      <output>{done === null ? null : <span className="quiet">{reportWords(done)} </span>}</output>
      <button type="button" className="button button-small" onClick={() => setAsking(true)}>
        Reconcile now
      </button>
      {asking ? (
        <ConfirmDialog
          title="Reconcile now"
          happens={[`This node begins a session with ${peers.join(", ")}.`, "Afterwards both of each pair hold the same matches. What is told differently stays, and is shown as a conflict."]}
          reasonMax={null}
          label="Reconcile"
          send={sendReconcile}
          onClose={() => setAsking(false)}
          onDone={(report) => {
            setAsking(false);
            setDone(report);
            for (const key of ["ratings", "sync"]) void client.invalidateQueries({ queryKey: [key] });
          }}
        />
      ) : null}
    </>
  );
}

function reportWords({ nodes_synced: synced, nodes_failed: failed, total_matches_added: added }: ReconcileReportView): string {
  return `${count(synced)} reconciled, ${count(failed)} failed; ${count(added)} matches added.`;
}
