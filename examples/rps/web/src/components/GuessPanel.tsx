import type { JSX } from "react";

import { MOVES } from "../../../src/rules/moves.ts";
import { percent } from "../format/number.ts";
import { MOVE_NAMES, SOURCE_WORDS } from "../format/words.ts";
import { guessedRight, OPENING_ROUNDS, wasGuessed, type Match, type PlayedRound } from "../match/match.ts";
import { MoveIcon } from "./MoveIcon.tsx";

/** What the bot thought you would play in the round before, and which model thought it. */
export function GuessPanel({ match, bot }: { readonly match: Match; readonly bot: string }): JSX.Element {
  const last = match.rounds.at(-1);
  return (
    <section className="panel guess" aria-label={`What ${bot} expected`}>
      <h2>What {bot} expected</h2>
      {last === undefined || last.guess === null ? <p className="quiet">{noGuess(last, bot)}</p> : <Guess round={last} guess={last.guess} bot={bot} />}
      <Tally match={match} bot={bot} />
    </section>
  );
}

function Guess({ round, guess, bot }: { readonly round: PlayedRound; readonly guess: NonNullable<PlayedRound["guess"]>; readonly bot: string }): JSX.Element {
  return (
    <>
      <ul className="chances" key={round.number}>
        {MOVES.map((move) => (
          <li key={move} className={move === round.user ? "chance was-played" : "chance"}>
            <MoveIcon move={move} />
            <span className="chance-name">
              {MOVE_NAMES[move]}
              {move === round.user ? <span className="chance-mark">you played it</span> : null}
            </span>
            <span className="chance-bar">
              <span className={`chance-fill ${move}`} style={{ width: `${guess.probabilities[move] * 100}%` }} />
            </span>
            <span className="chance-value">{percent(guess.probabilities[move])}</span>
          </li>
        ))}
      </ul>
      <p className="guess-words">{wasGuessed(round) ? `${bot} saw it coming.` : `You surprised ${bot}.`}</p>
      <p className="quiet small">
        {round.model === null ? "" : `${round.model.model_alias}, version ${round.model.model_version ?? "unknown"}`}
      </p>
    </>
  );
}

function noGuess(last: PlayedRound | undefined, bot: string): string {
  if (last === undefined || last.number <= OPENING_ROUNDS) return `The first three rounds are rehearsed. After the fourth you see here which move ${bot} thought you would make.`;
  return last.model === null ? "The answer to this round was lost on the way, and with it the guess." : `No guess this time: ${SOURCE_WORDS[last.model.probability_source]}.`;
}

function Tally({ match, bot }: { readonly match: Match; readonly bot: string }): JSX.Element | null {
  const { right, of } = guessedRight(match);
  if (of === 0) return null;
  return (
    <p className="tally">
      <span className="tally-dots" aria-hidden="true">
        {match.rounds.filter(({ guess }) => guess !== null).map((round) => (
          <span key={round.number} className={wasGuessed(round) ? "dot is-right" : "dot"} />
        ))}
      </span>
      {bot} guessed {right} of {of} right; chance alone gets a third.
    </p>
  );
}
