import type { HealthReport, RolloutHealth } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { healthQuery } from "../api/queries.ts";
import { FailureNote } from "../components/FailureNote.tsx";
import { HealthChecks } from "../components/HealthChecks.tsx";
import { Icon } from "../components/Icon.tsx";
import { Loading } from "../components/Loading.tsx";
import { Panel } from "../components/Panel.tsx";
import { useTitle } from "../components/use-title.ts";
import { VerdictBadge } from "../components/VerdictBadge.tsx";
import { ago } from "../format/time.ts";
import { REASON_WORDS, wordFor } from "../format/words.ts";

const WORDS: Readonly<Record<RolloutHealth["status"], { readonly word: string; readonly icon: "pass" | "unavailable" | "fail" }>> = {
  healthy: { word: "healthy", icon: "pass" },
  unknown: { word: "something can't be computed yet", icon: "unavailable" },
  failing: { word: "held: its evidence can't be trusted", icon: "fail" },
};

/** Whether the evidence of each running rollout may be believed at all, those that need a person first. */
export function HealthPage(): JSX.Element {
  useTitle("Health");
  const query = useQuery(healthQuery);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Health of the evidence</h1>
      </div>
      {query.isError ? <FailureNote title="The health can't be read" error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isPending ? <Loading what="the health of the rollouts" lines={5} /> : null}
      {query.data === undefined ? null : <Report report={query.data} />}
    </div>
  );
}

function Report({ report }: { readonly report: HealthReport }): JSX.Element {
  if (report.rollouts.length === 0) return <p className="quiet">No rollout runs now, so no evidence is being judged.</p>;
  return (
    <>
      {report.ledger === "broken" ? (
        <p className="note note-bad" role="alert">
          <strong>The ledger does not verify.</strong> Nothing is decided until it is restored.
        </p>
      ) : null}
      {report.rollouts.map((rollout) => (
        <Rollout key={rollout.rolloutId} rollout={rollout} now={report.now} />
      ))}
    </>
  );
}

function Rollout({ rollout, now }: { readonly rollout: RolloutHealth; readonly now: number }): JSX.Element {
  const { word, icon } = WORDS[rollout.status];
  return (
    <Panel title={rollout.model} note={`${rollout.rolloutId}, policy ${rollout.policy}${rollout.checkedAt === null ? "" : `, looked at ${ago(rollout.checkedAt, now)}`}`}>
      <p className={`health-status health-${rollout.status}`}>
        <Icon name={icon} /> <strong>{word}</strong>
        <VerdictBadge verdict={rollout.verdict} />
        {rollout.reason === null ? null : <span>{wordFor(REASON_WORDS, rollout.reason)}</span>}
        {rollout.since === null ? null : <span className="quiet">since {ago(rollout.since, now)}</span>}
        <Link to="/models/$model" params={{ model: rollout.model }}>
          Decision room<span className="hidden"> of {rollout.model}</span>
        </Link>
      </p>
      <HealthChecks checks={rollout.checks} now={now} />
    </Panel>
  );
}
