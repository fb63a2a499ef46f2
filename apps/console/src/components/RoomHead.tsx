import type { ModelDetail } from "@gauntlet/contract";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { basisPoints } from "../format/number.ts";
import { STATUS_WORDS } from "../format/words.ts";
import { Icon } from "./Icon.tsx";
import { Version, versionName } from "./Version.tsx";

/** Which model, which versions, in which state. */
export function RoomHead({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const { summary } = detail;
  return (
    <div className="room-head">
      <nav aria-label="Breadcrumb" className="crumbs">
        <Link to="/">Fleet</Link> <span aria-hidden="true">/</span>
      </nav>
      <h1>{summary.model}</h1>
      <p className="room-facts">
        {summary.champion === null ? null : (
          <span className="move">
            <Version version={summary.champion} />
            {summary.challenger === null ? null : (
              <>
                <Icon name="arrow" />
                <span className="hidden">{summary.status === "promoted" ? "replaced by" : "challenged by"}</span>
                <Version version={summary.challenger} />
              </>
            )}
          </span>
        )}
        {summary.status === null ? null : <span className="flag">{STATUS_WORDS[summary.status]}</span>}
        {summary.challengerShare === null || summary.challenger === null ? null : (
          <span>
            {versionName(summary.challenger)} serves {basisPoints(summary.challengerShare)}
          </span>
        )}
        {summary.mode === "compat" ? <span className="flag" title="The rules of the reference documents, as they are">compat</span> : null}
      </p>
    </div>
  );
}
