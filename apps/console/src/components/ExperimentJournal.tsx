import type { JSX } from "react";

import { changeWords, type Change } from "../format/experiment.ts";
import { Moment } from "./Moment.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** Who changed what, when and why. */
export function ExperimentJournal({ changes }: { readonly changes: readonly Change[] }): JSX.Element {
  return (
    <ScrollRegion label="Changes of this experiment">
      <table>
        <thead>
          <tr>
            <th scope="col">Epoch</th>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Who, and why</th>
            <th scope="col">Shares</th>
          </tr>
        </thead>
        <tbody>
          {changes.toReversed().map((change) => (
            <tr key={change.epoch}>
              <th scope="row">{change.epoch}</th>
              <td>
                <Moment at={change.at} />
              </td>
              <td>{change.op.replaceAll("_", " ")}</td>
              <td>
                {change.actor}: {change.reason}
              </td>
              <td>{changeWords(change)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
