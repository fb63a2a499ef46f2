import type { JSX } from "react";

import type { WinStreaks } from "../../../src/http/shapes.ts";

/** The longest runs of games won, one of each session. */
export function Streaks({ players }: { readonly players: WinStreaks["players"] }): JSX.Element {
  const longest = Math.max(1, ...players.map(({ streak }) => streak));
  return (
    <section className="panel" aria-label="Longest runs of wins">
      <h2>Longest runs of wins</h2>
      {players.length === 0 ? <p className="quiet">Nobody has won a game yet.</p> : null}
      <ol className="streaks">
        {players.map((player, place) => (
          // Two sessions may have one name, so that only the place tells them apart.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={`${player.username} ${place}`}>
            <span className="streak-name">{player.username}</span>
            <span className="streak-bar" aria-hidden="true">
              <span style={{ width: `${(player.streak / longest) * 100}%` }} />
            </span>
            <span className="number strong">{player.streak}</span>
            {player.current_streak > 0 && player.current_streak === player.streak ? <span className="chance-mark">still going</span> : null}
          </li>
        ))}
      </ol>
    </section>
  );
}
