import type { Acted, ModelDetail, OperatorVerb } from "@gauntlet/contract";
import type { CheckResult } from "@gauntlet/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState, type JSX } from "react";

import { modelQuery } from "../api/queries.ts";
import { ActDialog } from "../components/ActDialog.tsx";
import { AnalysisPanel } from "../components/AnalysisPanel.tsx";
import { ActionBar } from "../components/ActionBar.tsx";
import { Approvals } from "../components/Approvals.tsx";
import { CheckList } from "../components/CheckList.tsx";
import { Documents } from "../components/Documents.tsx";
import { EvidencePanel } from "../components/EvidencePanel.tsx";
import { FailureNote } from "../components/FailureNote.tsx";
import { ForestPlot } from "../components/ForestPlot.tsx";
import { LedgerList } from "../components/LedgerList.tsx";
import { Loading } from "../components/Loading.tsx";
import { MonitorPanel } from "../components/MonitorPanel.tsx";
import { Panel } from "../components/Panel.tsx";
import { RampPanels } from "../components/RampPanels.tsx";
import { RatingPanels } from "../components/RatingPanels.tsx";
import { RetiredPanel } from "../components/RetiredPanel.tsx";
import { RolloutFacts } from "../components/RolloutFacts.tsx";
import { RoomHead } from "../components/RoomHead.tsx";
import { RoomNotes } from "../components/RoomNotes.tsx";
import { SlotsPanels } from "../components/SlotsPanels.tsx";
import { SplitBars } from "../components/SplitBars.tsx";
import { Timeline } from "../components/Timeline.tsx";
import { useTitle } from "../components/use-title.ts";
import { VerdictPanel } from "../components/VerdictPanel.tsx";
import { WouldChange } from "../components/WouldChange.tsx";
import { briefOf, movesUnits } from "../format/act.ts";
import { VERDICT_WORDS } from "../format/words.ts";

const NO_CHECKS: readonly CheckResult[] = [];
const route = getRouteApi("/models/$model");

/** The decision room: may this version ship, why (not), and what a person can do about it. */
export function ModelPage(): JSX.Element {
  const { model } = route.useParams();
  const query = useQuery(modelQuery(model));
  const verdict = query.data?.summary.verdict ?? null;
  useTitle(verdict === null ? model : `${VERDICT_WORDS[verdict]}: ${model}`);
  if (query.data === undefined) {
    return (
      <div className="page">
        <h1>{model}</h1>
        {query.isError ? <FailureNote title="This model can't be read" error={query.error} retry={() => void query.refetch()} /> : <Loading what={model} lines={8} />}
      </div>
    );
  }
  return (
    <div className="page room">
      {query.isError ? <FailureNote title="This model can't be refreshed: what is shown may be out of date" error={query.error} retry={() => void query.refetch()} /> : null}
      <Room key={model} detail={query.data} />
    </div>
  );
}

function Room({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const acting = useActing(detail);
  return (
    <>
      <div className="room-top">
        <RoomHead detail={detail} />
        <ActionBar detail={detail} onAct={acting.open} />
      </div>
      <output className="done-region">{acting.done === null ? null : <span className="note note-good">{acting.done}</span>}</output>
      <RoomNotes detail={detail} />
      <VerdictPanel detail={detail} />
      <div className="room-columns">
        <div className="room-main">
          <ForestPlot checks={detail.decision?.checks ?? NO_CHECKS} />
          <MonitorPanel detail={detail} />
          <AnalysisPanel detail={detail} />
          <Evidence detail={detail} />
          <Panel title="Checks">
            <CheckList checks={detail.decision?.checks ?? NO_CHECKS} />
          </Panel>
        </div>
        <div className="room-side">
          {detail.decision === null ? null : <WouldChange decision={detail.decision} />}
          <Approvals state={detail.state} />
          {detail.state.rollout === null || isSplit(detail.state.rollout) ? <SplitBars split={detail.split} over={detail.state.rollout !== null && detail.state.rollout.status !== "running"} /> : null}
          {detail.retired === null ? null : <RetiredPanel retired={detail.retired} />}
          <Timeline detail={detail} />
          <Documents documents={detail.documents} />
          <RolloutFacts detail={detail} />
        </div>
      </div>
      <Panel title="Ledger" note="append-only; every entry follows from the one before" id="ledger">
        <LedgerList chain={detail.summary.model} head={detail.state.seq} />
      </Panel>
      {acting.verb === null ? null : <ActDialog key={acting.verb} verb={acting.verb} detail={detail} onClose={acting.close} onActed={acting.acted} />}
    </>
  );
}

/** By Gauntlet, or by a product that gives its games to two slots. */
function isSplit(rollout: NonNullable<ModelDetail["state"]["rollout"]>): boolean {
  return rollout.policy.kind === "slots" || movesUnits(rollout);
}

/** What a rollout goes by, by its kind. */
function Evidence({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  switch (detail.state.rollout?.policy.kind) {
    case "ramp":
      return <RampPanels model={detail.summary.model} />;
    case "rating":
      return <RatingPanels model={detail.summary.model} />;
    case "slots":
      return <SlotsPanels model={detail.summary.model} />;
    default:
      return <EvidencePanel detail={detail} />;
  }
}

/** Which act's dialog is open, and what the last one did. A link with `?act=` opens one at once. */
function useActing(detail: ModelDetail) {
  const { act } = route.useSearch();
  const navigate = route.useNavigate();
  const [verb, setVerb] = useState<OperatorVerb | null>(act ?? null);
  const [done, setDone] = useState<string | null>(null);
  const close = () => {
    setVerb(null);
    if (act !== undefined) void navigate({ search: {}, replace: true });
  };
  return {
    verb,
    done,
    close,
    open: (next: OperatorVerb) => {
      setDone(null);
      setVerb(next);
    },
    acted: (acted_: OperatorVerb, entry: Acted) => {
      setDone(`${briefOf(acted_, detail).label}: recorded as entry ${entry.seq} of the ledger (${entry.hash.slice(0, 12)}…). The controller carries it out now.`);
      close();
    },
  };
}
