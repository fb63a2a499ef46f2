import { useState, type JSX } from "react";

import { OpponentPicker } from "../components/OpponentPicker.tsx";
import { Refusal } from "../components/Refusal.tsx";
import { Table } from "../components/Table.tsx";
import { useTitle } from "../components/use-title.ts";
import type { Match } from "../match/match.ts";
import { saveName, savedName } from "../match/saved-match.ts";
import { useMatch } from "../match/use-match.ts";
import { opponentOf, type OpponentName } from "../opponents/opponents.ts";

/** Choose an opponent, then play to ten points. */
export function PlayPage(): JSX.Element {
  const control = useMatch();
  const { match, busy, failure } = control;
  const [chosen, choose] = useState<OpponentName>(match?.opponent ?? "brian");
  const [name, setName] = useState(savedName);
  const [hasLeft, setHasLeft] = useState(false);
  useTitle(titleOf(match));
  const start = (opponent: OpponentName) => {
    saveName(name.trim());
    control.start(opponent, name.trim());
  };
  const leave = () => {
    setHasLeft(true);
    control.leave();
  };
  if (match !== null) return <Table key={match.gameId} control={control} match={match} rematch={() => start(match.opponent)} leave={leave} />;
  return (
    <>
      <OpponentPicker chosen={chosen} choose={choose} name={name} setName={setName} busy={busy} start={() => start(chosen)} takesFocus={hasLeft} />
      {failure === null ? null : <Refusal failure={failure} />}
    </>
  );
}

function titleOf(match: Match | null): string {
  if (match === null) return "Play";
  const { shown } = opponentOf(match.opponent);
  return match.winner === null ? `Round ${match.rounds.length + 1} against ${shown}` : `${ENDS[match.winner]} against ${shown}`;
}

const ENDS = { user: "You won", bot: "You lost", tie: "A tie" } as const;
