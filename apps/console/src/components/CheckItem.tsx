import type { CheckResult } from "@gauntlet/core";
import type { JSX, ReactNode } from "react";

import { allowedWords, basisOf, checkTitle, intervalWords, quantity, sideValue } from "../format/check.ts";
import { count, plain, pValue } from "../format/number.ts";
import { GUARANTEE_WORDS } from "../format/words.ts";
import { CheckMark } from "./CheckMark.tsx";
import { Says } from "./Says.tsx";

/** One criterion: what it says, its estimate against its limit, and how far the figure can be trusted. */
export function CheckItem({ check }: { readonly check: CheckResult }): JSX.Element {
  return (
    <li className={`check check-edge-${check.status}`}>
      <div className="check-head">
        <CheckMark status={check.status} />
        <h4>{checkTitle(check)}</h4>
        <span className="check-estimate">{isRead(check) ? "" : check.estimate === null ? "no estimate" : quantity(check.estimate, check.unit, basisOf(check))}</span>
      </div>
      <p className="check-says">
        <Says text={check.says} />
      </p>
      <dl className="check-facts">
        {factsOf(check).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Reported check={check} />
    </li>
  );
}

/** Files are the same or not: there is nothing to estimate. */
function isRead({ metric }: CheckResult): boolean {
  return metric === "artifact";
}

function factsOf(check: CheckResult): readonly (readonly [string, ReactNode])[] {
  if (isRead(check)) return [["Method", check.method]];
  const guarantee = GUARANTEE_WORDS[check.guarantee];
  const facts: (readonly [string, ReactNode])[] = [
    ["Interval", intervalWords(check) ?? "none"],
    ["Allowed", allowedWords(check) ?? "no bound"],
    ["Champion", sideValue(check, check.champion)],
    ["Challenger", sideValue(check, check.challenger)],
    ["n", `${count(check.n.champion)} / ${count(check.n.challenger)}`],
    ["n needed", check.nNeeded === null ? "–" : count(check.nNeeded)],
    [
      "Guarantee",
      <span key="guarantee" className={`guarantee guarantee-${check.guarantee}`} title={guarantee.means}>
        {guarantee.word}
      </span>,
    ],
  ];
  facts.push(["Test", check.pValue === null ? "none" : `${pValue(check.pValue)}${check.alpha === null ? "" : `, α = ${plain(check.alpha)}`}`], ["Method", check.method]);
  return facts;
}

/** Figures that are reported and decide nothing. */
function Reported({ check }: { readonly check: CheckResult }): JSX.Element | null {
  const names = Object.keys(check.reported);
  if (names.length === 0) return null;
  return (
    <details className="check-reported">
      <summary>
        Also reported<span className="hidden"> for {checkTitle(check)}</span>: {names.length} {names.length === 1 ? "figure" : "figures"} that decide nothing
      </summary>
      <dl className="check-facts">
        {names.map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{sayReported(check.reported[name] ?? null)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function sayReported(value: number | null): string {
  return value === null ? "–" : plain(value);
}
