import type { HealthCheck } from "@gauntlet/contract";
import type { JSX } from "react";

import { checkTitle, quantity } from "../format/check.ts";
import { ago } from "../format/time.ts";
import { REASON_WORDS, wordFor } from "../format/words.ts";
import { CheckMark } from "./CheckMark.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** What was asked of the evidence, what came out, and how to mend it. */
export function HealthChecks({ checks, now }: { readonly checks: readonly HealthCheck[]; readonly now: number }): JSX.Element {
  if (checks.length === 0) return <p className="quiet">No check of its evidence has been made yet.</p>;
  return (
    <ScrollRegion label="Checks of the evidence">
      <table className="health-table">
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">Status</th>
            <th scope="col">Found</th>
            <th scope="col">Since</th>
            <th scope="col">What it says, and what would mend it</th>
          </tr>
        </thead>
        <tbody>
          {checks.map((check) => (
            <tr key={check.id}>
              <th scope="row">{checkTitle(check)}</th>
              <td>
                <CheckMark status={check.status} />
                {check.holds === null ? null : <span className="quiet"> holds: {wordFor(REASON_WORDS, check.holds)}</span>}
              </td>
              <td>{check.estimate === null ? "–" : quantity(check.estimate, check.unit, "level")}</td>
              <td>{check.since === null ? "–" : ago(check.since, now)}</td>
              <td>
                {check.says}
                {check.mend === null ? null : <span className="health-mend"> {check.mend}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
