import type { JSX } from "react";

import type { PolicyStats } from "../../../src/http/shapes.ts";
import { MOVES } from "../../../src/rules/moves.ts";
import { MOVE_NAMES } from "../format/words.ts";
import { isOpponent, opponentOf } from "../opponents/opponents.ts";
import { MoveIcon } from "./MoveIcon.tsx";

/** Which moves each bot makes: a habit would be something to exploit. */
export function MovesOfBots({ policies }: { readonly policies: readonly PolicyStats[] }): JSX.Element {
  return (
    <section className="panel" aria-label="What the bots play">
      <h2>What the bots play</h2>
      <table className="habits">
        <thead>
          <tr>
            <th scope="col">
              <span className="hidden">Bot</span>
            </th>
            {MOVES.map((move) => (
              <th key={move} scope="col">
                <MoveIcon move={move} />
                {MOVE_NAMES[move]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {policies.map((policy) => (
            <tr key={policy.policy}>
              <th scope="row">{isOpponent(policy.policy) ? opponentOf(policy.policy).shown : policy.policy}</th>
              {MOVES.map((move) => {
                const share = policy.move_distribution.find((one) => one.move === move)?.percentage ?? 0;
                return (
                  <td key={move} className={move}>
                    <span className="habit-bar" aria-hidden="true">
                      <span style={{ height: `${share}%` }} />
                    </span>
                    {share.toFixed(0)}%
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
