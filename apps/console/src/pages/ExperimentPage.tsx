import type { ExperimentView } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { experimentQuery, journalQuery } from "../api/experiments.ts";
import { ExperimentJournal } from "../components/ExperimentJournal.tsx";
import { FailureNote } from "../components/FailureNote.tsx";
import { Figures } from "../components/Figures.tsx";
import { Loading } from "../components/Loading.tsx";
import { Moment } from "../components/Moment.tsx";
import { Panel } from "../components/Panel.tsx";
import { VariantBar } from "../components/VariantBar.tsx";
import { VariantTable } from "../components/VariantTable.tsx";
import { useTitle } from "../components/use-title.ts";
import { STATUS_MEANING } from "../format/experiment.ts";

const route = getRouteApi("/experiments/$name");

/** One experiment: who owns which buckets, what each variant runs, and every change there was. */
export function ExperimentPage(): JSX.Element {
  const { name } = route.useParams();
  useTitle(name);
  const query = useQuery(experimentQuery(name));
  const journal = useQuery(journalQuery(name));
  return (
    <div className="page">
      <div className="page-head">
        <h1>{name}</h1>
      </div>
      {query.isError ? <FailureNote title="This experiment can't be read" error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isPending ? <Loading what="the experiment" lines={6} /> : null}
      {query.data === undefined ? null : <Detail detail={query.data} />}
      {journal.data === undefined ? null : (
        <Panel title="Journal" note="every change of its split, newest first">
          <ExperimentJournal changes={journal.data.changes} />
        </Panel>
      )}
    </div>
  );
}

function Detail({ detail }: { readonly detail: ExperimentView }): JSX.Element {
  const { id, status, unitType, model, epoch, startAt, endAt, description } = detail.experiment;
  return (
    <>
      <Panel title="Split" note={`${status}: ${STATUS_MEANING[status]}`}>
        <VariantBar variants={detail.variants} />
        <VariantTable variants={detail.variants} />
      </Panel>
      <Panel title="Experiment" {...(description === null ? {} : { note: description })}>
        <Figures
          figures={[
            { name: "Id, the seed of its buckets", value: <code>{id}</code> },
            { name: "Units", value: unitType },
            { name: "Epoch", value: epoch },
            { name: "Moved by", value: model === null ? "hand only" : <Link to="/models/$model" params={{ model }}>{`the rollouts of ${model}`}</Link> },
            { name: "Assigns from", value: startAt === null ? "any time" : <Moment at={startAt} /> },
            { name: "Until", value: endAt === null ? "no end" : <Moment at={endAt} /> },
          ]}
        />
      </Panel>
    </>
  );
}
