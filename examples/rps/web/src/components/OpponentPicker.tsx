import { useEffect, useRef, type JSX } from "react";

import { OPPONENTS, type Opponent, type OpponentName } from "../opponents/opponents.ts";
import { Portrait } from "../opponents/Portrait.tsx";
import { Rules } from "./Rules.tsx";

interface PickerProps {
  readonly chosen: OpponentName;
  readonly choose: (name: OpponentName) => void;
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly busy: boolean;
  readonly start: () => void;
  /** Somebody came from a match that they left: the button that had the focus is gone. */
  readonly takesFocus: boolean;
}

export function OpponentPicker({ chosen, choose, name, setName, busy, start, takesFocus }: PickerProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, [takesFocus]);
  return (
    <form
      className="picker"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <div className="hero">
        <h1 ref={heading} tabIndex={-1}>First to ten. They learn how you play.</h1>
        <p className="lead">Rock, paper, scissors, but every round prices the moves anew, and your opponent is a model that was trained on the games played here.</p>
      </div>
      <fieldset className="opponents">
        <legend>Choose an opponent</legend>
        {OPPONENTS.map((opponent) => (
          <OpponentCard key={opponent.name} opponent={opponent} checked={opponent.name === chosen} choose={() => choose(opponent.name)} />
        ))}
      </fieldset>
      <div className="begin">
        <label className="field">
          <span>Your name</span>
          <input type="text" name="player" value={name} maxLength={40} autoComplete="off" placeholder="Anonymous" onChange={(event) => setName(event.target.value)} />
        </label>
        <button type="submit" className="button big" aria-disabled={busy}>
          {busy ? "Shuffling …" : "Start the match"}
        </button>
      </div>
      <Rules />
    </form>
  );
}

function OpponentCard({ opponent, checked, choose }: { readonly opponent: Opponent; readonly checked: boolean; readonly choose: () => void }): JSX.Element {
  return (
    <label className={`opponent ${opponent.name}`}>
      <input type="radio" name="opponent" value={opponent.name} checked={checked} onChange={choose} />
      <Portrait of={opponent.name} mood={checked ? "glad" : "calm"} />
      <span className="opponent-words">
        <strong>{opponent.shown}</strong>
        <span className="opponent-mind">{opponent.mind}</span>
        <span className="opponent-about">{opponent.about}</span>
      </span>
    </label>
  );
}
