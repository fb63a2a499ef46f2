import { useRef, useState, type JSX } from "react";

import { OpponentPicker } from "../components/OpponentPicker.tsx";
import { Refusal } from "../components/Refusal.tsx";
import { Table } from "../components/Table.tsx";
import { useTitle } from "../components/use-title.ts";
import { saveName, savedName } from "../match/saved-match.ts";
import { useMatch } from "../match/use-match.ts";
import { opponentOf, type OpponentName } from "../opponents/opponents.ts";

/** Choose an opponent, then play to ten points. */
export function PlayPage(): JSX.Element {
  const control = useMatch();
  const { match, busy, failure } = control;
  const [chosen, choose] = useState<OpponentName>(match?.opponent ?? "brian");
  const [name, setName] = useState(savedName);
  const top = useRef<HTMLDivElement>(null);
  useTitle(match === null ? "Play" : `You and ${opponentOf(match.opponent).shown}`);
  const start = (opponent: OpponentName) => {
    saveName(name.trim());
    control.start(opponent, name.trim());
  };
  return (
    <div ref={top}>
      {match === null ? (
        <>
          <OpponentPicker chosen={chosen} choose={choose} name={name} setName={setName} busy={busy} start={() => start(chosen)} />
          {failure === null ? null : <Refusal failure={failure} />}
        </>
      ) : (
        <Table key={match.gameId} control={control} match={match} rematch={() => start(match.opponent)} />
      )}
    </div>
  );
}
