import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";

import type { Leaderboard } from "../../../src/http/shapes.ts";
import { leaderboardQuery } from "../api/queries.ts";
import { Asked } from "../components/Asked.tsx";
import { useTitle } from "../components/use-title.ts";
import { count } from "../format/number.ts";
import { savedName } from "../match/saved-match.ts";

export function LeaderboardPage(): JSX.Element {
  useTitle("Leaderboard");
  const board = useQuery(leaderboardQuery);
  return (
    <div className="sheet">
      <header className="sheet-head">
        <h1>Leaderboard</h1>
        <p className="lead">Who beats the models most often, of everybody with at least five finished games.</p>
      </header>
      <Asked query={board}>{(data) => (data.leaderboard.length === 0 ? <Nobody /> : <Board board={data} />)}</Asked>
    </div>
  );
}

function Nobody(): JSX.Element {
  return (
    <div className="empty">
      <p>
        <strong>The first place is free.</strong> Five finished games put you here.
      </p>
      <Link to="/" className="button">
        Play a match
      </Link>
    </div>
  );
}

function Board({ board }: { readonly board: Leaderboard }): JSX.Element {
  const you = savedName();
  return (
    <>
      <table className="board">
        <thead>
          <tr>
            <th scope="col">Place</th>
            <th scope="col">Player</th>
            <th scope="col" className="number">
              Games
            </th>
            <th scope="col">Won, tied, lost</th>
            <th scope="col" className="number">
              Won
            </th>
          </tr>
        </thead>
        <tbody>
          {board.leaderboard.map((row) => (
            <tr key={row.player_name} className={row.rank <= 3 ? "is-top" : undefined}>
              <td className="place">
                <span>{row.rank}</span>
              </td>
              <th scope="row">
                {row.player_name} {row.player_name === you ? <span className="chance-mark">that’s you</span> : null}
              </th>
              <td className="number">{count(row.total_games)}</td>
              <td>
                <Record row={row} />
              </td>
              <td className="number strong">{row.win_rate.toFixed(1)}%</td>
            </tr>
          ))}
        </tbody>
      </table>
      {board.filtered_out.length === 0 ? null : <p className="quiet small">Left out, because nobody sits behind them: {board.filtered_out.join(", ")}.</p>}
    </>
  );
}

function Record({ row }: { readonly row: Leaderboard["leaderboard"][number] }): JSX.Element {
  const part = (amount: number) => ({ width: `${(amount / Math.max(1, row.total_games)) * 100}%` });
  return (
    <span className="record">
      <span className="record-bar" aria-hidden="true">
        <span className="is-won" style={part(row.wins)} />
        <span className="is-tied" style={part(row.ties)} />
      </span>
      <span className="record-words">
        {count(row.wins)}–{count(row.ties)}–{count(row.losses)}
      </span>
    </span>
  );
}
