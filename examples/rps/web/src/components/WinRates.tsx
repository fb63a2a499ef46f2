import type { JSX } from "react";

import type { GlobalStats } from "../../../src/http/shapes.ts";
import { shareInterval } from "../format/interval.ts";
import { count, percent, plural } from "../format/number.ts";
import { OPPONENTS, type Opponent } from "../opponents/opponents.ts";
import { Portrait } from "../opponents/Portrait.tsx";

type Row = GlobalStats["policy_performance"][number];

/** How often each bot wins a game, and within which bounds that is known. */
export function WinRates({ rows }: { readonly rows: readonly Row[] }): JSX.Element {
  return (
    <section className="panel wide" aria-label="Games the bots win">
      <h2>Games the bots win</h2>
      <ul className="rates">
        {OPPONENTS.map((opponent) => (
          <Rate key={opponent.name} opponent={opponent} row={rows.find(({ policy }) => policy === opponent.name)} />
        ))}
      </ul>
      <p className="quiet small">The bar is the share of games that the bot won, the bracket where it lies with 95% confidence; the line is one half.</p>
    </section>
  );
}

function Rate({ opponent, row }: { readonly opponent: Opponent; readonly row: Row | undefined }): JSX.Element {
  const { low, high } = shareInterval(row?.bot_wins ?? 0, row?.total_games ?? 0);
  return (
    <li className={`rate ${opponent.name}`}>
      <Portrait of={opponent.name} />
      <span className="rate-name">{opponent.shown}</span>
      <span className="rate-value">{row === undefined ? "no game yet" : `${row.bot_win_rate.toFixed(1)}%`}</span>
      <span className="rate-bar" aria-hidden="true">
        {row === undefined ? null : (
          <>
            <span className="rate-fill" style={{ width: `${row.bot_win_rate}%` }} />
            <span className="rate-bounds" style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
          </>
        )}
      </span>
      {row === undefined ? null : (
        <span className="rate-words">
          {plural(row.total_games, "game")}: bot {count(row.bot_wins)}, people {count(row.player_wins)}, ties {count(row.ties)}; {percent(low)} to {percent(high)}
        </span>
      )}
    </li>
  );
}
