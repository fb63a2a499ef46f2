import type { ModelDetail } from "@gauntlet/contract";
import type { JSX } from "react";

import { Effects } from "./Effects.tsx";
import { Icon } from "./Icon.tsx";
import { Moment } from "./Moment.tsx";

/** What a person must know before anything else: effects under way, a hold, a request, a change by somebody else. */
export function RoomNotes({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const { state, summary } = detail;
  return (
    <>
      {state.pending === null ? null : <Effects pending={state.pending} />}
      {summary.failure !== null && state.pending?.failed == null && summary.failure !== state.drift ? (
        <p className="note note-bad">
          <Icon name="warn" /> {summary.failure}
        </p>
      ) : null}
      {state.drift === null || state.drift === undefined ? null : (
        <p className="note note-warn">
          <Icon name="warn" /> Somebody else changed what was set: {state.drift}
        </p>
      )}
      {state.hold === null ? null : (
        <p className="note note-warn">
          <Icon name="hold" /> <strong>{state.hold.by}</strong> asked to wait since <Moment at={state.hold.at} />: {state.hold.reason}
        </p>
      )}
      {state.request === null ? null : (
        <p className="note note-info">
          <Icon name="advance" /> <strong>{state.request.by}</strong> asked for {state.request.kind} at <Moment at={state.request.at} />: {state.request.reason}. The controller answers at its next tick.
        </p>
      )}
    </>
  );
}
