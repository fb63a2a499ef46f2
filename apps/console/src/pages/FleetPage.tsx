import type { Fleet } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";

import { fleetQuery } from "../api/queries.ts";
import { FailureNote } from "../components/FailureNote.tsx";
import { FleetRow } from "../components/FleetRow.tsx";
import { FleetSummary } from "../components/FleetSummary.tsx";
import { Loading } from "../components/Loading.tsx";
import { useTitle } from "../components/use-title.ts";
import { byUrgency } from "../format/attention.ts";

/** Every model and its newest verdict; what needs a person comes first. */
export function FleetPage(): JSX.Element {
  useTitle("Fleet");
  const fleet = useQuery(fleetQuery);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Fleet</h1>
        {fleet.data === undefined ? null : <FleetSummary fleet={fleet.data} />}
      </div>
      {fleet.isError ? <FailureNote title={fleet.data === undefined ? "The fleet can't be read" : "The fleet can't be refreshed"} error={fleet.error} retry={() => void fleet.refetch()} /> : null}
      {fleet.isPending ? <Loading what="the fleet" lines={6} /> : null}
      {fleet.data === undefined ? null : <FleetList {...fleet.data} />}
    </div>
  );
}

function FleetList({ models, now }: { readonly models: Fleet["models"]; readonly now: number }): JSX.Element {
  if (models.length === 0) {
    return (
      <div className="empty">
        <h2>No models yet</h2>
        <p>
          Register a version, then begin a rollout with a policy: <code>gauntlet start my-policy.yaml --challenger 2</code>. It appears here by itself.
        </p>
      </div>
    );
  }
  return (
    <ul className="fleet">
      {models.toSorted(byUrgency).map((summary) => (
        <FleetRow key={summary.model} summary={summary} now={now} />
      ))}
    </ul>
  );
}
