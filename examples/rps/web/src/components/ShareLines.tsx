import type { JSX } from "react";

import { percent } from "../format/number.ts";
import { WINDOW_GAMES, winShares, type EndedGame, type SharePoint } from "../games/win-shares.ts";
import { OPPONENTS } from "../opponents/opponents.ts";

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 44;
const BOTTOM = 22;
const GRID = [0, 0.25, 0.5, 0.75, 1];

/** How the bots fare as games go by: models change, and so do people. @param games the oldest first */
export function ShareLines({ games }: { readonly games: readonly EndedGame[] }): JSX.Element {
  const x = (at: number) => LEFT + (at / Math.max(1, games.length - 1)) * (WIDTH - LEFT - 8);
  const y = (share: number) => 8 + (1 - share) * (HEIGHT - BOTTOM - 8);
  const path = (points: readonly SharePoint[]) => points.map(({ at, share }, index) => `${index === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(share).toFixed(1)}`).join("");
  const lines = OPPONENTS.map((opponent) => ({ opponent, points: winShares(games, opponent.name) }));
  return (
    <section className="panel wide" aria-label="The bots as games go by">
      <h2>The bots as games go by</h2>
      <svg className="lines" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={lines.map(({ opponent, points }) => `${opponent.shown} ${lastOf(points)}`).join(", ")}>
        {GRID.map((share) => (
          <g key={share}>
            <path className={share === 0.5 ? "grid is-half" : "grid"} d={`M${LEFT} ${y(share)}H${WIDTH - 8}`} />
            <text className="tick" x={LEFT - 8} y={y(share) + 4} textAnchor="end">
              {percent(share)}
            </text>
          </g>
        ))}
        {lines.map(({ opponent, points }) => (
          <path key={opponent.name} className={`line ${opponent.name}`} d={path(points)} />
        ))}
        <text className="tick" x={LEFT} y={HEIGHT - 4}>
          {games.length} games ago
        </text>
        <text className="tick" x={WIDTH - 8} y={HEIGHT - 4} textAnchor="end">
          now
        </text>
      </svg>
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
