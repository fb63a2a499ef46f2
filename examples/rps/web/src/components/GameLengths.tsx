import type { JSX } from "react";

import { plural } from "../format/number.ts";
import { gameLengths, type EndedGame } from "../games/win-shares.ts";

/** How many rounds games take. */
export function GameLengths({ games }: { readonly games: readonly EndedGame[] }): JSX.Element {
  const lengths = gameLengths(games);
  const most = Math.max(1, ...lengths.map((one) => one.games));
  return (
    <section className="panel" aria-label="How long games last">
      <h2>How long games last</h2>
      {lengths.length === 0 ? <p className="quiet">No game has ended yet.</p> : null}
      <ol className="bars">
        {lengths.map((one) => (
          <li key={one.rounds} title={`${plural(one.rounds, "round")}: ${plural(one.games, "game")}`}>
            <span className="bar" aria-hidden="true">
              <span style={{ height: `${(one.games / most) * 100}%` }} />
            </span>
            <span className="bar-name">{one.rounds}</span>
            <span className="hidden"> rounds: {plural(one.games, "game")}</span>
          </li>
        ))}
      </ol>
      <p className="quiet small">Rounds of the last {plural(games.length, "game")}.</p>
    </section>
  );
}
