import type { JSX } from "react";

import type { GlobalStats } from "../../../src/http/shapes.ts";
import type { Result } from "../../../src/rules/moves.ts";
import { count } from "../format/number.ts";

const WORDS: Readonly<Record<Result, string>> = { win: "People win", draw: "Draw", lose: "Bots win" };
const ORDER: readonly Result[] = ["win", "draw", "lose"];

/** How single rounds end. */
export function ResultsOfRounds({ results }: { readonly results: GlobalStats["result_distribution"] }): JSX.Element {
  const parts = ORDER.map((result) => results.find((one) => one.result === result) ?? { result, count: 0, percentage: 0 });
  return (
    <section className="panel" aria-label="How rounds end">
      <h2>How rounds end</h2>
      <div className="stack" aria-hidden="true">
        {parts.map(({ result, percentage }) => (
          <span key={result} className={`stack-part is-${result}`} style={{ width: `${percentage}%` }} />
        ))}
      </div>
      <ul className="stack-key">
        {parts.map((part) => (
          <li key={part.result} className={`is-${part.result}`}>
            <span>{WORDS[part.result]}</span> <strong>{part.percentage.toFixed(1)}%</strong> <span className="quiet">{count(part.count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
