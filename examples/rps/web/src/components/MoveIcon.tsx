import type { JSX } from "react";

import type { Move } from "../../../src/rules/moves.ts";

/** Drawn on a square of 64. It decorates: the move is always named beside it. */
export function MoveIcon({ move }: { readonly move: Move }): JSX.Element {
  return (
    <svg className={`move-icon ${move}`} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      {DRAWINGS[move]}
    </svg>
  );
}

const DRAWINGS: Readonly<Record<Move, JSX.Element>> = {
  rock: (
    <>
      <path className="icon-body" d="M19 13 38 9l14 11 5 18-11 15-24 3L8 43 7 27z" />
      <path className="icon-light" d="M19 13 38 9l-5 14-16 5L7 27z" />
      <path className="icon-dark" d="m33 23 19-3 5 18-11 15-3-17z" />
    </>
  ),
  paper: (
    <>
      <path className="icon-body" d="M15 7h25l11 11v36a3 3 0 0 1-3 3H15a3 3 0 0 1-3-3V10a3 3 0 0 1 3-3z" />
      <path className="icon-dark" d="M40 7v8a3 3 0 0 0 3 3h8z" />
      <path className="icon-lines" d="M20 27h23M20 36h23M20 45h14" />
    </>
  ),
  scissors: (
    <>
      <path className="icon-blade" d="M45 7 25 41M19 7l20 34" />
      <circle className="icon-ring" cx="19" cy="48" r="8.5" />
      <circle className="icon-ring" cx="45" cy="48" r="8.5" />
      <circle className="icon-pin" cx="32" cy="29.5" r="2.6" />
    </>
  ),
};
