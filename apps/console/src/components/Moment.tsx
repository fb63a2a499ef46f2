import type { JSX } from "react";

import { isoTime, utc } from "../format/time.ts";

/** An instant, in UTC with the zone named. */
export function Moment({ at, precision = "minute" }: { readonly at: number; readonly precision?: "minute" | "second" }): JSX.Element {
  return (
    <time dateTime={isoTime(at)} className="moment">
      {utc(at, precision)}
    </time>
  );
}
