import type { ModelSummary } from "@gauntlet/contract";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { ATTENTION_WORDS, attentionOf } from "../format/attention.ts";
import { basisPoints } from "../format/number.ts";
import { ago, dueWords } from "../format/time.ts";
import { REASON_WORDS, STATUS_WORDS, wordFor } from "../format/words.ts";
import { Icon } from "./Icon.tsx";
import { Says } from "./Says.tsx";
import { ShareBar } from "./ShareBar.tsx";
import { VerdictBadge } from "./VerdictBadge.tsx";
import { Version, versionName } from "./Version.tsx";

interface FleetRowProps {
  readonly summary: ModelSummary;
  readonly now: number;
}

/** One model: what was decided, why, who serves, what comes next. The whole card leads to its decision room. */
export function FleetRow({ summary, now }: FleetRowProps): JSX.Element {
  const attention = attentionOf(summary);
  return (
    <li className={`fleet-row edge-${summary.verdict ?? "none"}`}>
      <div className="fleet-verdict">
        <VerdictBadge verdict={summary.verdict} />
        {summary.reason === null ? null : <span className="fleet-reason">{wordFor(REASON_WORDS, summary.reason)}</span>}
      </div>
      <div className="fleet-what">
        <h2>
          <Link to="/models/$model" params={{ model: summary.model }} className="fleet-link">
            {summary.model}
          </Link>
          {attention === null ? null : <span className={`flag flag-${attention}`}>{ATTENTION_WORDS[attention]}</span>}
          {summary.mode === "compat" ? <span className="flag">compat</span> : null}
        </h2>
        <p className="fleet-sentence">
          <Says text={summary.sentence ?? "No rollout has been decided yet."} />
        </p>
        {summary.failure === null ? null : (
          <p className="fleet-failure">
            <Icon name="warn" /> {summary.failure}
          </p>
        )}
      </div>
      <FleetSplit summary={summary} />
      <FleetNext summary={summary} now={now} />
    </li>
  );
}

function FleetSplit({ summary }: { readonly summary: ModelSummary }): JSX.Element {
  const { champion, challenger, challengerShare: share } = summary;
  return (
    <div className="fleet-split">
      <p className="move">
        {champion === null ? "No champion" : <Version version={champion} />}
        {challenger === null ? null : (
          <>
            <Icon name="arrow" />
            <span className="hidden">{summary.status === "promoted" ? "replaced by" : "challenged by"}</span>
            <Version version={challenger} />
          </>
        )}
      </p>
      {share === null || challenger === null ? null : (
        <>
          <ShareBar challenger={share / 10_000} />
          <p className="quiet">
            {versionName(challenger)} serves {basisPoints(share)}
          </p>
        </>
      )}
    </div>
  );
}

function FleetNext({ summary, now }: FleetRowProps): JSX.Element {
  const running = summary.status === "running";
  return (
    <div className="fleet-next">
      {summary.status === null ? <p>No rollout</p> : <p className="fleet-status">{STATUS_WORDS[summary.status]}</p>}
      {running && summary.nextLookAt !== null ? <p>look {dueWords(summary.nextLookAt, now)}</p> : null}
      {summary.applying ? (
        <p className={summary.failure === null ? "applying" : "applying is-failing"}>
          <span className="applying-dot" aria-hidden="true" /> {summary.failure === null ? "applying effects" : "effects not applied"}
        </p>
      ) : null}
      {summary.decidedAt === null ? null : <p className="quiet">decided {ago(summary.decidedAt, now)}</p>}
      {running || summary.status === "promoted" ? (
        <Link to="/models/$model" params={{ model: summary.model }} search={{ act: "rollback" }} className="button button-small fleet-rollback">
          <Icon name="rollback" />
          Roll back<span className="hidden"> {summary.model}</span>
        </Link>
      ) : null}
    </div>
  );
}
