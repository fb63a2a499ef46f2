import type { JSX } from "react";

import { percent, plural } from "../format/number.ts";
import { WINDOW_GAMES, winShares, type EndedGame, type SharePoint } from "../games/win-shares.ts";
import { OPPONENTS } from "../opponents/opponents.ts";

/** Of the drawing, which is stretched to whatever room there is. */
const WIDTH = 1000;
const HEIGHT = 100;
const GRID = [1, 0.75, 0.5, 0.25, 0];

/** How the bots fare as games go by: models change, and so do people. @param games the oldest first */
export function ShareLines({ games }: { readonly games: readonly EndedGame[] }): JSX.Element {
  const x = (at: number) => (at / Math.max(1, games.length - 1)) * WIDTH;
  const y = (share: number) => (1 - share) * HEIGHT;
  const path = (points: readonly SharePoint[]) => points.map(({ at, share }, index) => `${index === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(share).toFixed(1)}`).join("");
  const lines = OPPONENTS.map((opponent) => ({ opponent, points: winShares(games, opponent.name) }));
  return (
    <section className="panel wide" aria-label="The bots as games go by">
      <h2>The bots as games go by</h2>
      <div className="chart">
        <div className="chart-ticks" aria-hidden="true">
          {GRID.map((share) => (
            <span key={share}>{percent(share)}</span>
          ))}
        </div>
        <svg className="lines" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={lines.map(({ opponent, points }) => `${opponent.shown} ${lastOf(points)}`).join(", ")}>
          {GRID.map((share) => (
            <path key={share} className={share === 0.5 ? "grid is-half" : "grid"} d={`M0 ${y(share)}H${WIDTH}`} />
          ))}
          {lines.map(({ opponent, points }) => (
            <path key={opponent.name} className={`line ${opponent.name}`} d={path(points)} />
          ))}
        </svg>
        <p className="chart-ends">
          <span>{plural(games.length, "game")} ago</span> <span>now</span>
        </p>
      </div>
      <ul className="line-key">
        {lines.map(({ opponent, points }) => (
          <li key={opponent.name} className={opponent.name}>
            <svg viewBox="0 0 36 8" aria-hidden="true" focusable="false">
              <path className={`line ${opponent.name}`} d="M2 4H34" />
            </svg>
            {opponent.shown} <strong>{lastOf(points)}</strong>
          </li>
        ))}
      </ul>
      <p className="quiet small">Share of games won in each bot’s last {WINDOW_GAMES}; a tie counts half.</p>
    </section>
  );
}

function lastOf(points: readonly SharePoint[]): string {
  const last = points.at(-1);
  return last === undefined ? "too few games" : percent(last.share);
}
