import type { PairCell, RatingMatrix } from "@gauntlet/contract";
import { useRef, useState, type JSX, type KeyboardEvent } from "react";

import { pairWords, shadeOf, shortened, superiorityWords } from "../format/ratings.ts";
import { Panel } from "./Panel.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

type Place = readonly [row: number, column: number];

/** How likely each participant is the stronger of each pair, shaded and in numbers; arrow keys walk through it. */
export function RatingsMatrix({ matrix }: { readonly matrix: RatingMatrix }): JSX.Element {
  const { participants, cells } = matrix;
  const [at, setAt] = useState<Place>([0, 1]);
  const table = useRef<HTMLTableElement>(null);
  const inside: Place = [Math.min(at[0], participants.length - 1), Math.min(at[1], participants.length - 1)];
  const cell = cells[inside[0]]?.[inside[1]];
  const walk = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = step(inside, participants.length - 1);
    setAt(next);
    table.current?.querySelector<HTMLElement>(`[data-cell="${next[0]} ${next[1]}"]`)?.focus();
  };
  return (
    <Panel title="Each against each" note="likelihood that the row is stronger than the column, in percent" id="pairs">
      <ScrollRegion label="Likelihood of superiority">
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- a grid is a table whose cells take the focus one by one. */}
        <table ref={table} className="pairs" role="grid" aria-label="Likelihood that the row is stronger than the column, in percent" onKeyDown={walk}>
          <thead>
            <tr>
              <th scope="col">
                <span className="hidden">Row</span>
              </th>
              {participants.map((participant, column) => (
                <th key={participant} scope="col" title={participant}>
                  {column + 1}
                  <span className="hidden">: {participant}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {participants.map((participant, row) => (
              <tr key={participant}>
                <th scope="row" title={participant} aria-label={`${row + 1} ${participant}`}>
                  <span className="pairs-number">{row + 1}</span> {shortened(participant, 24)}
                </th>
                {cells[row]?.map((one, column) => (
                  // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- the table hears the keys for all of its cells.
                  <td
                    key={participants[column]}
                    data-cell={`${row} ${column}`}
                    className={`pair ${classOf(one)}`}
                    tabIndex={row === inside[0] && column === inside[1] ? 0 : -1}
                    onFocus={() => setAt([row, column])}
                    onMouseEnter={() => setAt([row, column])}
                  >
                    <Words cell={one} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <output className="pairs-says">{cell === undefined ? "" : pairWords(participants[inside[0]] ?? "", participants[inside[1]] ?? "", cell)}</output>
      <Key />
    </Panel>
  );
}

const STEPS: Readonly<Record<string, (at: Place, last: number) => Place>> = {
  ArrowUp: ([row, column]) => [Math.max(0, row - 1), column],
  ArrowDown: ([row, column], last) => [Math.min(last, row + 1), column],
  ArrowLeft: ([row, column]) => [row, Math.max(0, column - 1)],
  ArrowRight: ([row, column], last) => [row, Math.min(last, column + 1)],
  Home: ([row]) => [row, 0],
  End: ([row], last) => [row, last],
};

function Words({ cell }: { readonly cell: PairCell }): JSX.Element {
  if (cell.kind === "self") return <span aria-label="itself">·</span>;
  if (cell.kind === "incomparable") return <span aria-label="not comparable">–</span>;
  return <>{superiorityWords(cell.superiority)}</>;
}

function classOf(cell: PairCell): string {
  return cell.kind === "comparable" ? `pair-${shadeOf(cell.superiority)}` : `pair-${cell.kind}`;
}

const SHADES = Array.from({ length: 11 }, (_, shade) => shade);

function Key(): JSX.Element {
  return (
    <ul className="chart-key" aria-hidden="true">
      <li>
        row is weaker
        <span className="pairs-ramp">
          {SHADES.map((shade) => (
            <span key={shade} className={`pair-${shade}`} />
          ))}
        </span>
        row is stronger
      </li>
      <li>
        <span className="pairs-swatch pair-incomparable" /> can&apos;t be compared
      </li>
    </ul>
  );
}
