import { useEffect, useRef, useState } from "react";

import { playMove, roundPoints, standingOf, startGame } from "../api/game.ts";
import { Refused } from "../api/request.ts";
import type { Move } from "../../../src/rules/moves.ts";
import type { OpponentName } from "../opponents/opponents.ts";
import { afterRound, type Match } from "./match.ts";
import { recovered } from "./recovered.ts";
import { savedMatch, saveMatch } from "./saved-match.ts";

export interface MatchControl {
  /** Null before the first, and after the last was left. */
  readonly match: Match | null;
  readonly busy: boolean;
  readonly failure: Refused | null;
  readonly start: (opponent: OpponentName, playerName: string) => void;
  readonly play: (move: Move) => void;
  /** Asks again for what was refused. */
  readonly again: () => void;
  readonly leave: () => void;
}

/** One match with the server: begun, played, kept over a reload. One request at a time; a key that is held down plays once. */
export function useMatch(): MatchControl {
  const [match, setMatch] = useState(savedMatch);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Refused | null>(null);
  const working = useRef(false);
  const show = (next: Match | null) => {
    saveMatch(next);
    setMatch(next);
  };
  const attempt = async (work: () => Promise<void>) => {
    if (working.current) return;
    working.current = true;
    setBusy(true);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      setFailure(error instanceof Refused ? error : new Refused(0, String(error), "Reload the page."));
    } finally {
      working.current = false;
      setBusy(false);
    }
  };
  useEffect(() => {
    if (match !== null && match.winner === null) void attempt(async () => show(await withNext(match)));
    // Once, for a match that was kept.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  return {
    match,
    busy,
    failure,
    start: (opponent, playerName) =>
      void attempt(async () => {
        const begun = await startGame({ player_name: playerName, policy: opponent, session_id: match?.sessionId ?? null });
        show(await withNext({ gameId: begun.game_id, sessionId: begun.session_id, playerName: begun.player_name, opponent, rounds: [], next: null, winner: null, sent: null }));
      }),
    play: (move) =>
      void attempt(async () => {
        if (match === null || match.next === null || match.winner !== null) return;
        show({ ...match, sent: move });
        const played = afterRound(match, await playMove({ game_id: match.gameId, user_move: move, round: match.next.number }));
        show(played);
        if (played.winner === null) show(await withNext(played));
      }),
    again: () => void attempt(async () => (match === null || match.winner !== null ? undefined : show(await withNext(match)))),
    leave: () => {
      setFailure(null);
      show(null);
    },
  };
}

/** The match with the points of its next round; one whose last answer was lost gets that round first. @throws Refused */
async function withNext(match: Match): Promise<Match> {
  const whole = match.sent === null ? match : await withLost(match);
  if (whole.winner !== null) return whole;
  const { round_no: number, round_points: points } = await roundPoints(whole.gameId);
  if (number !== whole.rounds.length + 1) throw new Refused(409, `The match is in round ${number}, and this page has seen ${whole.rounds.length}.`, "Leave this match and start another.");
  return { ...whole, next: { number, points } };
}

/** Whether the move that was sent was played, as the server has it. */
async function withLost(match: Match): Promise<Match> {
  const standing = await standingOf(match.gameId);
  const whole = standing.scope === "game" ? recovered(match, standing) : null;
  return whole ?? { ...match, sent: null };
}
