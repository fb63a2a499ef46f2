import type { ExperimentView } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { experimentsQuery } from "../api/experiments.ts";
import { FailureNote } from "../components/FailureNote.tsx";
import { Loading } from "../components/Loading.tsx";
import { VariantBar } from "../components/VariantBar.tsx";
import { useTitle } from "../components/use-title.ts";
import { STATUS_MEANING } from "../format/experiment.ts";
import { count } from "../format/number.ts";

/** Every experiment with its split. */
export function ExperimentsPage(): JSX.Element {
  useTitle("Experiments");
  const query = useQuery(experimentsQuery);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Experiments</h1>
      </div>
      {query.isError ? <FailureNote title="The experiments can't be read" error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isPending ? <Loading what="the experiments" lines={4} /> : null}
      {query.data?.experiments.length === 0 ? <p className="quiet">There is no experiment. Units are split by each model&apos;s own allocation.</p> : null}
      <ul className="experiments">
        {query.data?.experiments.map((one) => (
          <Row key={one.experiment.id} detail={one} />
        ))}
      </ul>
    </div>
  );
}

function Row({ detail }: { readonly detail: ExperimentView }): JSX.Element {
  const { name, status, unitType, epoch, model } = detail.experiment;
  return (
    <li className="panel">
      <p className="experiment-head">
        <Link to="/experiments/$name" params={{ name }} className="experiment-name">
          {name}
        </Link>
        <span className={`flag flag-${status}`}>{status}</span>
        <span className="quiet">
          {STATUS_MEANING[status]} · by {unitType} · epoch {count(epoch)}
          {model === null ? "" : ` · moved by the rollouts of ${model}`}
        </span>
      </p>
      <VariantBar variants={detail.variants} />
    </li>
  );
}
