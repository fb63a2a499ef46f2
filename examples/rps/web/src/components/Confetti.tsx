import type { JSX } from "react";

const PIECES = Array.from({ length: 18 }, (_, piece) => piece);

/** A handful of paper, once, for who won. It says nothing that the words don't. */
export function Confetti(): JSX.Element {
  return (
    <div className="confetti" aria-hidden="true">
      {PIECES.map((piece) => (
        <span key={piece} className={CLASSES[piece % CLASSES.length]} style={{ left: `${4 + ((piece * 37) % 92)}%`, animationDelay: `${(piece % 6) * 60}ms`, animationDuration: `${1300 + ((piece * 53) % 7) * 120}ms` }} />
      ))}
    </div>
  );
}

const CLASSES = ["rock", "paper", "scissors"] as const;
