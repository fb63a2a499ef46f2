import type { JSX } from "react";

import type { Liveness } from "../api/live.ts";
import { utcTime } from "../format/time.ts";

/** Whether what is shown follows the controller. */
export function LiveMark({ liveness }: { readonly liveness: Liveness }): JSX.Element {
  return (
    <output className={`live live-${liveness.kind}`} title={explanation(liveness)}>
      <span className="live-dot" aria-hidden="true" />
      {words(liveness)}
    </output>
  );
}

function words(liveness: Liveness): string {
  switch (liveness.kind) {
    case "connecting":
      return "connecting";
    case "live":
      return "live";
    case "reconnecting":
      return "reconnecting";
    case "stale":
      return `stale since ${utcTime(liveness.since)}`;
  }
}

function explanation(liveness: Liveness): string {
  if (liveness.kind === "live") return "Changes appear as the controller makes them.";
  if (liveness.kind === "stale") return "The connection is lost; the time is this browser's clock. What is shown may be out of date.";
  return "Connecting to the controller.";
}
