import type { JSX } from "react";

import { chance, percent, signed } from "../format/number.ts";
import { ago } from "../format/time.ts";
import type { Promotion } from "../models/promotion.ts";
import { OPPONENTS } from "../opponents/opponents.ts";
import { Portrait } from "../opponents/Portrait.tsx";

const WORDS: Readonly<Record<Promotion["decision"], string>> = {
  swap_production_b: "B takes over",
  retain_production: "Production stays",
  insufficient_data: "Too few games to tell",
  alias_reorder: "Challengers change places",
};

/** The last decisions of all families, the newest first. */
export function Decisions({ rows, now }: { readonly rows: readonly Promotion[]; readonly now: number }): JSX.Element {
  return (
    <section className="panel" aria-label="Last decisions">
      <h2>Last decisions</h2>
      {rows.length === 0 ? <p className="quiet">None yet: a first cycle has to end.</p> : null}
      <ol className="decisions">
        {rows.map((row) => (
          <Decision key={row.id} row={row} now={now} />
        ))}
      </ol>
    </section>
  );
}

function Decision({ row, now }: { readonly row: Promotion; readonly now: number }): JSX.Element {
  const opponent = OPPONENTS.find(({ model }) => model === row.model_type);
  return (
    <li className={`decision is-${row.decision} ${opponent?.name ?? ""}`}>
      {opponent === undefined ? <span /> : <Portrait of={opponent.name} />}
      <div>
        <p className="decision-title">
          <strong>{WORDS[row.decision]}</strong> <span className="quiet">{opponent?.shown ?? row.model_type}, </span>
          <time className="quiet" dateTime={row.created_ts_utc}>
            {ago(row.created_ts_utc, now)}
          </time>
        </p>
        <p className="decision-figures">
          Production {record(row.production_wins, row.production_total_games)}, B {record(row.b_wins, row.b_total_games)}
          {row.z_statistic === null || row.p_value === null ? "" : `; z ${signed(row.z_statistic)}, p ${chance(row.p_value)}`}
        </p>
        {row.reorder_applied ? <p className="decision-figures">Challengers changed places{moved(row)}.</p> : null}
        {row.reason === null ? null : <p className="quiet small">{row.reason}</p>}
      </div>
    </li>
  );
}

function record(won: number | null, of: number | null): string {
  if (won === null || of === null) return "unknown";
  return of === 0 ? "no games" : `${won} of ${of} (${percent(won / of)})`;
}

function moved(row: Promotion): string {
  const moves = row.alias_assignments.filter(({ changed, alias }) => changed && alias !== "Production").map(({ alias, version, source_alias: source }) => `${alias} has v${version ?? "?"}${source === null ? "" : ` of ${source}`}`);
  return moves.length === 0 ? "" : `: ${moves.join(", ")}`;
}
