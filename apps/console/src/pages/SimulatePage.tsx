import type { Policy } from "@gauntlet/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { fleetQuery, modelQuery } from "../api/queries.ts";
import { FailureNote } from "../components/FailureNote.tsx";
import { Loading } from "../components/Loading.tsx";
import { Simulator } from "../components/Simulator.tsx";
import { useTitle } from "../components/use-title.ts";
import { policyText } from "../format/policy-text.ts";
import { STARTER_POLICY } from "../format/simulation.ts";

const route = getRouteApi("/simulate");

/** What a policy would do before it ships: many rollouts in a made world, with challengers that are truly worse, equal, better. */
export function SimulatePage(): JSX.Element {
  const { model } = route.useSearch();
  useTitle("Simulate a policy");
  return (
    <div className="page">
      <div className="page-head">
        <h1>Simulate a policy</h1>
        <RecordedPolicies chosen={model} />
      </div>
      <p className="simulate-lead">Before a policy decides about real traffic: how often would it promote, retain or roll back a challenger that is truly worse, as good, or better? Nothing is changed by trying.</p>
      {model === undefined ? <Simulator policy={STARTER_POLICY} /> : <OfModel key={model} model={model} />}
    </div>
  );
}

function OfModel({ model }: { readonly model: string }): JSX.Element {
  // Read once: later changes must not replace what is being typed.
  const query = useQuery({ ...modelQuery(model), refetchInterval: false });
  if (query.data === undefined) return query.isError ? <FailureNote title="This model's policy can't be read" error={query.error} retry={() => void query.refetch()} /> : <Loading what={`the policy of ${model}`} lines={6} />;
  const policy: Policy | null = query.data.state.rollout?.policy ?? null;
  if (policy === null) return <p className="empty">{model} has had no rollout, hence no policy is recorded.</p>;
  return <Simulator policy={policyText(policy)} />;
}

function RecordedPolicies({ chosen }: { readonly chosen: string | undefined }): JSX.Element | null {
  const fleet = useQuery(fleetQuery);
  const known = fleet.data?.models.filter((summary) => summary.policy !== null) ?? [];
  if (known.length === 0) return null;
  return (
    <details className="recorded">
      <summary>Begin with a recorded policy</summary>
      <ul>
        {known.map((summary) => (
          <li key={summary.model}>
            <Link to="/simulate" search={{ model: summary.model }} aria-current={summary.model === chosen ? "true" : undefined}>
              {summary.model}
            </Link>{" "}
            <span className="quiet">{summary.policy}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
