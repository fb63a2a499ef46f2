import { useLayoutEffect, useRef, useState, type JSX, type RefObject } from "react";

import { MOVES, type Move } from "../../../src/rules/moves.ts";
import { points } from "../format/number.ts";
import { MOVE_KEYS, MOVE_NAMES } from "../format/words.ts";
import { richest, type Match } from "../match/match.ts";
import { moveOfKey, savedSingleKeys, saveSingleKeys } from "../match/keys.ts";
import { MoveIcon } from "./MoveIcon.tsx";

interface MoveButtonsProps {
  readonly next: Match["next"];
  readonly busy: boolean;
  readonly play: (move: Move) => void;
}

/**
 * The three moves and their worth in this round. Arrow keys go from one to the next. R, P, S or 1, 2, 3 play at once, unless
 * that is switched off: who dictates or touches keys by chance would play without meaning to.
 */
export function MoveButtons({ next, busy, play }: MoveButtonsProps): JSX.Element {
  const group = useRef<HTMLFieldSetElement>(null);
  const best = next === null ? null : richest(next.points);
  const [singleKeys, setSingleKeys] = useState(savedSingleKeys);
  usePlayKeys({ group, play, singleKeys });
  const chooseSingleKeys = (on: boolean) => {
    saveSingleKeys(on);
    setSingleKeys(on);
  };
  return (
    <div className="moves-area">
      <fieldset ref={group} className="moves">
        <legend className="hidden">Your move</legend>
        {MOVES.map((move) => (
          <button key={move} type="button" className={`move ${move}`} aria-disabled={busy || next === null} {...(singleKeys ? { "aria-keyshortcuts": MOVE_KEYS[move] } : {})} onClick={() => play(move)}>
            <MoveIcon move={move} />
            <span className="move-name">{MOVE_NAMES[move]}</span>
            <span className="move-worth">
              <span className="hidden">worth </span>
              {next === null ? "·" : points(next.points[move])}
              {best === move ? <span className="move-best">top price</span> : null}
            </span>
            {singleKeys ? <kbd aria-hidden="true">{MOVE_KEYS[move]}</kbd> : null}
          </button>
        ))}
      </fieldset>
      <p className="keys-hint">
        <span>
          Arrows and <kbd>Enter</kbd>, or
        </span>
        <label>
          <input type="checkbox" checked={singleKeys} onChange={(event) => chooseSingleKeys(event.target.checked)} /> single keys
        </label>
        <span className={singleKeys ? undefined : "is-off"}>
          <kbd>R</kbd> <kbd>P</kbd> <kbd>S</kbd> or <kbd>1</kbd> <kbd>2</kbd> <kbd>3</kbd>
        </span>
      </p>
    </div>
  );
}

/** Wherever the focus is, but not while something is typed. */
function usePlayKeys({ group, play, singleKeys }: { readonly group: RefObject<HTMLElement | null>; readonly play: (move: Move) => void; readonly singleKeys: boolean }): void {
  // With the paint and not after it: a key that is pressed as soon as the moves look ready must find the round they show.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const move = singleKeys ? moveOfKey(event) : null;
      if (move !== null) play(move);
      else if (!stepFocus(event.key, group.current)) return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [group, play, singleKeys]);
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** From one button to the next, around; from elsewhere only sideways, since up and down scroll the page. */
function stepFocus(key: string, group: HTMLElement | null): boolean {
  const step = STEPS[key];
  if (step === undefined || group === null) return false;
  const buttons = [...group.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  if (at === -1 && !(key === "ArrowLeft" || key === "ArrowRight")) return false;
  buttons[at === -1 ? (step === 1 ? 0 : buttons.length - 1) : (at + step + buttons.length) % buttons.length]?.focus();
  return true;
}
