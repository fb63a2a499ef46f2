import type { JSX } from "react";

import { points } from "../format/number.ts";
import { BEATS, MOVE_NAMES, RESULT_WORDS } from "../format/words.ts";
import type { Match, PlayedRound } from "../match/match.ts";
import type { Mood } from "../opponents/Features.tsx";
import { opponentOf } from "../opponents/opponents.ts";
import { Portrait } from "../opponents/Portrait.tsx";
import { MoveIcon } from "./MoveIcon.tsx";

/** What both just played, and the bot's face about it. */
export function Stage({ match, busy }: { readonly match: Match; readonly busy: boolean }): JSX.Element {
  const { shown } = opponentOf(match.opponent);
  const last = match.rounds.at(-1) ?? null;
  return (
    <div className={`stage is-${last?.result ?? "new"}`}>
      <div className="stage-bot">
        <Portrait of={match.opponent} mood={moodOf(match, busy)} />
      </div>
      {last === null ? (
        <p className="stage-words">
          <strong>Your move.</strong>
          <span>{shown} starts with three rehearsed moves, then begins to guess.</span>
        </p>
      ) : (
        <Reveal key={last.number} round={last} bot={shown} />
      )}
    </div>
  );
}

function Reveal({ round, bot }: { readonly round: PlayedRound; readonly bot: string }): JSX.Element {
  return (
    <div className="reveal">
      <div className="hands">
        <Hand who="You" round={round} side="user" />
        <Hand who={bot} round={round} side="bot" />
      </div>
      <p className="verdict">
        <strong>{RESULT_WORDS[round.result]}</strong> <span className="verdict-gain">{gainOf(round, bot)}</span>
      </p>
    </div>
  );
}

function Hand({ who, round, side }: { readonly who: string; readonly round: PlayedRound; readonly side: "user" | "bot" }): JSX.Element {
  const move = round[side];
  const won = round.result === (side === "user" ? "win" : "lose");
  return (
    <div className={`hand ${side}${won ? " has-won" : ""}`}>
      <span className="hand-who">{who}</span>
      <MoveIcon move={move} />
      <span className="hand-move">{MOVE_NAMES[move]}</span>
    </div>
  );
}

function gainOf(round: PlayedRound, bot: string): string {
  if (round.result === "draw") return "half a point each";
  const winner = round.result === "win" ? round.user : round.bot;
  const gain = round.result === "win" ? `+${points(round.userGain)} for you` : `+${points(round.botGain)} for ${bot}`;
  return `${BEATS[winner]}, ${gain}`;
}

function moodOf(match: Match, busy: boolean): Mood {
  if (match.winner !== null) return match.winner === "bot" ? "glad" : match.winner === "user" ? "sad" : "even";
  const last = match.rounds.at(-1);
  if (busy) return "thinking";
  if (last === undefined) return "calm";
  return last.result === "lose" ? "glad" : last.result === "win" ? "sad" : "even";
}
