import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { ladderQuery, matrixQuery, ratingsQuery } from "../api/ratings.ts";
import { Digest } from "../components/Digest.tsx";
import { FailureNote } from "../components/FailureNote.tsx";
import { Loading } from "../components/Loading.tsx";
import { RatingsConflicts } from "../components/RatingsConflicts.tsx";
import { RatingsDrift } from "../components/RatingsDrift.tsx";
import { RatingsLadder } from "../components/RatingsLadder.tsx";
import { RatingsMatches } from "../components/RatingsMatches.tsx";
import { RatingsMatrix } from "../components/RatingsMatrix.tsx";
import { TrajectoryPanel } from "../components/TrajectoryPanel.tsx";
import { useTitle } from "../components/use-title.ts";
import { counted } from "../format/number.ts";
import { ago } from "../format/time.ts";

const route = getRouteApi("/ratings/$config");

/** One board and number of players: who is how strong, how that came about, and what nodes tell differently. */
export function RatingConfigPage(): JSX.Element {
  const { config } = route.useParams();
  useTitle(`Ratings: ${config}`);
  const ladder = useInfiniteQuery(ladderQuery(config));
  return (
    <div className="page">
      <div>
        <nav aria-label="Breadcrumb" className="crumbs">
          <Link to="/ratings">Ratings</Link> <span aria-hidden="true">/</span>
        </nav>
        <h1>{config}</h1>
        <Facts config={config} />
      </div>
      {ladder.isError ? <FailureNote title="The ladder can't be read" error={ladder.error} retry={() => void ladder.refetch()} /> : null}
      {ladder.isPending ? <Loading what="the ladder" lines={8} /> : null}
      {ladder.data === undefined ? null : <Panels config={config} pages={ladder.data.pages} more={ladder.hasNextPage ? () => void ladder.fetchNextPage() : null} />}
    </div>
  );
}

function Facts({ config }: { readonly config: string }): JSX.Element | null {
  const { data } = useQuery(ratingsQuery);
  const one = data?.configs.find((each) => each.config === config);
  if (data === undefined || one === undefined) return null;
  return (
    <p className="room-facts">
      <span>
        {counted(one.matches, "match", "matches")} of {counted(one.participants, "participant", "participants")}
      </span>
      <span>newest {one.latestAt === null ? "–" : ago(one.latestAt, data.now)}</span>
      <span>
        held by {data.node} as <Digest value={one.digest} />
      </span>
      {one.conflicts === 0 ? null : (
        <a href="#conflicts" className="flag flag-approval">
          {counted(one.conflicts, "conflict", "conflicts")} to settle
        </a>
      )}
    </p>
  );
}

type PanelsProps = Pick<Parameters<typeof RatingsLadder>[0], "pages" | "more"> & { readonly config: string };

function Panels({ config, pages, more }: PanelsProps): JSX.Element {
  const { compare = [] } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (participant: string, chosen: boolean) => {
    const next = chosen ? [...compare, participant] : compare.filter((one) => one !== participant);
    void navigate({ search: next.length === 0 ? {} : { compare: next }, replace: true, resetScroll: false });
  };
  return (
    <>
      <RatingsLadder pages={pages} chosen={compare} onChoose={choose} more={more} />
      {pages[0]?.problem === null && pages[0].participants > 1 ? (
        <>
          <TrajectoryPanel config={config} ladder={pages} chosen={compare} />
          <Matrix config={config} chosen={compare} />
        </>
      ) : null}
      <RatingsConflicts config={config} />
      <RatingsDrift config={config} />
      <RatingsMatches config={config} participants={pages.flatMap((page) => page.rows.map((row) => row.participant))} />
    </>
  );
}

/** Of those ticked in the ladder; with fewer than two, of the first of it. */
function Matrix({ config, chosen }: { readonly config: string; readonly chosen: readonly string[] }): JSX.Element {
  const query = useQuery(matrixQuery(config, chosen.length < 2 ? [] : chosen));
  if (query.data !== undefined) return <RatingsMatrix matrix={query.data} />;
  return query.isError ? <FailureNote title="The pairs can't be read" error={query.error} retry={() => void query.refetch()} /> : <Loading what="the pairs" lines={4} />;
}
