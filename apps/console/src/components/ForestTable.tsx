import type { CheckResult } from "@gauntlet/core";
import type { JSX } from "react";

import { allowedWords, basisOf, checkTitle, intervalWords, quantity } from "../format/check.ts";
import { CHECK_WORDS } from "../format/words.ts";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** The figures of the forest plot, and of the checks it can't draw, as a table. */
export function ForestTable({ checks }: { readonly checks: readonly CheckResult[] }): JSX.Element {
  return (
    <details className="table-alternative">
      <summary>Show as a table</summary>
      <ScrollRegion label="Effects against their limits, as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Check</th>
              <th scope="col">Status</th>
              <th scope="col">Estimate</th>
              <th scope="col">Interval</th>
              <th scope="col">Allowed</th>
            </tr>
          </thead>
          <tbody>
            {checks.map((check) => (
              <tr key={check.id}>
                <th scope="row">{checkTitle(check)}</th>
                <td>{CHECK_WORDS[check.status]}</td>
                <td>{check.estimate === null ? "–" : quantity(check.estimate, check.unit, basisOf(check))}</td>
                <td>{intervalWords(check) ?? "–"}</td>
                <td>{allowedWords(check) ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}
