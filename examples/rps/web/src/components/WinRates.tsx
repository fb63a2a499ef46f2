import { useQuery } from "@tanstack/react-query";
import { useState, type JSX } from "react";

import type { BotWinRates } from "../../../src/http/shapes.ts";
import { botWinRatesQuery } from "../api/queries.ts";
import { shareInterval } from "../format/interval.ts";
import { count, percent, plural } from "../format/number.ts";
import { OPPONENTS, type Opponent } from "../opponents/opponents.ts";
import { Portrait } from "../opponents/Portrait.tsx";
import { Asked } from "./Asked.tsx";

const WHOM = ["people", "everybody"] as const;

/** How often each bot wins a game, and within which bounds that is known. */
export function WinRates(): JSX.Element {
  const [whom, choose] = useState<(typeof WHOM)[number]>("people");
  const rates = useQuery(botWinRatesQuery(whom));
  return (
    <section className="panel wide" aria-label="Games the bots win">
      <div className="panel-head">
        <h2>Games the bots win</h2>
        <fieldset className="switch">
          <legend className="hidden">Against whom</legend>
          {WHOM.map((one) => (
            <label key={one}>
              <input type="radio" name="whom" checked={one === whom} onChange={() => choose(one)} />
              <span>against {one}</span>
            </label>
          ))}
        </fieldset>
      </div>
      <Asked query={rates}>
        {({ bot_rates: of }) => (
          <ul className="rates">
            {OPPONENTS.map((opponent) => (
              <Rate key={opponent.name} opponent={opponent} rate={of[opponent.name]} />
            ))}
          </ul>
        )}
      </Asked>
      <p className="quiet small">The bar is the share of games that the bot won, the bracket where it lies with 95% confidence; the line is one half. Everybody: players of fixed habits and simulated ones too.</p>
    </section>
  );
}

function Rate({ opponent, rate }: { readonly opponent: Opponent; readonly rate: BotWinRates["bot_rates"][string] | undefined }): JSX.Element {
  const games = rate === undefined ? 0 : rate.bot_wins + rate.human_wins + rate.ties;
  const won = rate?.bot_wins ?? 0;
  const { low, high } = shareInterval(won, games);
  return (
    <li className={`rate ${opponent.name}`}>
      <Portrait of={opponent.name} />
      <span className="rate-name">{opponent.shown}</span>
      <span className="rate-value">{games === 0 ? "no game yet" : percent(won / games, 1)}</span>
      <span className="rate-bar" aria-hidden="true">
        {games === 0 ? null : (
          <>
            <span className="rate-fill" style={{ width: `${(won / games) * 100}%` }} />
            <span className="rate-bounds" style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
          </>
        )}
      </span>
      {rate === undefined || games === 0 ? null : (
        <span className="rate-words">
          {plural(games, "game")}: {opponent.shown} {count(won)}, players {count(rate.human_wins)}, ties {count(rate.ties)}; {percent(low)} to {percent(high)}
        </span>
      )}
    </li>
  );
}
