import type { JSX } from "react";

import { MOVES } from "../../../src/rules/moves.ts";
import { BEATS } from "../format/words.ts";
import { MoveIcon } from "./MoveIcon.tsx";

export function Rules(): JSX.Element {
  return (
    <section className="rules" aria-label="The rules">
      <ul className="rule-moves">
        {MOVES.map((move) => (
          <li key={move}>
            <MoveIcon move={move} />
            <span>{BEATS[move]}</span>
          </li>
        ))}
      </ul>
      <ol className="rule-steps">
        <li>
          <strong>Each round has its prices.</strong> A move is worth 1.0 to 2.0 points; who wins the round gets the worth of the move they won with.
        </li>
        <li>
          <strong>A draw gives both half a point.</strong> The first to reach ten wins.
        </li>
        <li>
          <strong>The bot opens with three rehearsed moves.</strong> From the fourth round on it guesses, and you see its guess once you have moved.
        </li>
      </ol>
    </section>
  );
}
