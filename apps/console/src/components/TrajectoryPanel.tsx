import { RATINGS_MAX, type RatingLadderPage } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import { useId, useState, type JSX } from "react";

import { trajectoriesQuery } from "../api/ratings.ts";
import { FailureNote } from "./FailureNote.tsx";
import { Loading } from "./Loading.tsx";
import { Panel } from "./Panel.tsx";
import { RatingsTrajectories } from "./RatingsTrajectories.tsx";

interface TrajectoryPanelProps {
  readonly config: string;
  readonly ladder: readonly RatingLadderPage[];
  /** Ticked in the ladder; nobody: the first of it. */
  readonly chosen: readonly string[];
}

const SHOWN = 5;

/** How the ratings of some participants came about. */
export function TrajectoryPanel({ config, ladder, chosen }: TrajectoryPanelProps): JSX.Element {
  const rated = ladder.flatMap((page) => page.rows).filter((row) => row.elo !== null);
  const participants = (chosen.length > 0 ? chosen : rated.slice(0, SHOWN).map((row) => row.participant)).slice(0, RATINGS_MAX.trajectories);
  const [against, setAgainst] = useState<string | null>(null);
  const query = useQuery(trajectoriesQuery({ config, participants, against, all: ladder[0]?.participants ?? 0 }));
  const anchored = against === null && rated.some((row) => row.anchored);
  const left = chosen.length - participants.length;
  return (
    <Panel title="Trajectories" note="all matches up to each instant, fitted anew; times in UTC" id="trajectories" aside={<Against participants={rated.map((row) => row.participant)} anchored={rated.some((row) => row.anchored)} value={against} onChange={setAgainst} />}>
      {left > 0 ? <p className="quiet">{`Of the ${chosen.length} ticked, the first ${RATINGS_MAX.trajectories} are drawn.`}</p> : null}
      {query.isError ? <FailureNote title="The trajectories can't be read" error={query.error} retry={() => void query.refetch()} /> : null}
      {participants.length === 0 ? <p className="quiet">Nobody is comparable with anybody, so that there is nothing to draw.</p> : null}
      {query.isLoading ? <Loading what="the trajectories" lines={5} /> : null}
      {participants.length > 0 && against === null && !anchored ? <p className="quiet">The mean moves when others join: against a participant, a line says how far it is from that one alone.</p> : null}
      {query.data === undefined ? null : <RatingsTrajectories series={query.data} anchored={anchored} />}
    </Panel>
  );
}

interface AgainstProps {
  readonly participants: readonly string[];
  readonly anchored: boolean;
  readonly value: string | null;
  readonly onChange: (participant: string | null) => void;
}

/** Where the scale is a group's mean, it moves with whoever joins: against a participant of its own it stands still. */
function Against({ participants, anchored, value, onChange }: AgainstProps): JSX.Element {
  const id = useId();
  return (
    <label htmlFor={id} className="against">
      Against{" "}
      <select id={id} value={value ?? ""} onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}>
        <option value="">{anchored ? "the anchors" : "the group's mean"}</option>
        {participants.map((participant) => (
          <option key={participant} value={participant}>
            {participant}
          </option>
        ))}
      </select>
    </label>
  );
}
