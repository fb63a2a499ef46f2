import type { OperatingPoint, RampWorld } from "@gauntlet/core";
import type { SimulationReport } from "@gauntlet/server";

import { table } from "../output/table.ts";
import { paint } from "../output/words.ts";
import { interval, percent, share } from "./figures.ts";

/** A row an effect, and for each stage what the challenger served there. */
export function rampTable(points: readonly OperatingPoint[], colour: boolean): string {
  const stages = points[0]?.policy.stages ?? [];
  const headings = ["EFFECT", "PROMOTE", "95 % INTERVAL", "RETAIN", "ROLLBACK", "HOLD", "DAYS TO PROMOTION", "TO ROLLBACK", ...stages.map(({ name }) => `SERVED AT ${name}`), "NAIVE PROMOTES", "NAIVE ROLLS BACK"];
  return table(
    headings,
    points.map(({ effect, deserving, policy, naive }) => [
      `${percent(effect)}${policy.harmed.mean > 0 ? " harm" : ""}`,
      paint(colour, deserving ? "green" : "red", share(policy.promote)),
      interval(policy.promote),
      share(policy.retain),
      share(policy.rollback),
      share(policy.hold),
      policy.daysTo?.promote?.mean.toFixed(1) ?? "–",
      policy.daysTo?.rollback?.mean.toFixed(1) ?? "–",
      ...(policy.stages ?? []).map(({ exposed }) => String(Math.round(exposed))),
      naive === null ? "–" : share(naive.promote),
      naive === null ? "–" : share(naive.rollback),
    ]),
  );
}

export function rampWorldLine({ trafficPerDay, units, metric, rates, ratios, values }: RampWorld): string {
  const clustered = units.requests === 1 ? "" : `, ${units.requests} from each unit (correlated by ${units.correlation})`;
  const both = Object.entries({ ...rates, ...ratios }).map(([name, figure]) => `${name} ${plain(figure.champion)}${figure.challenger === figure.champion || name === metric ? "" : ` (challenger's ${plain(figure.challenger)})`}`);
  const spread = Object.entries(values).map(([name, { champion, challenger }]) => `${name} p50 ${plain(champion.p50)}, p95 ${plain(champion.p95)}${(challenger.p50 === champion.p50 && challenger.p95 === champion.p95) || name === metric ? "" : ` (challenger's ${plain(challenger.p50)}, ${plain(challenger.p95)})`}`);
  return `World: ${Number(trafficPerDay.toPrecision(5))} requests a day${clustered}; of the champion ${[...both, ...spread].join(", ")}.`;
}

export function rampLines({ metric, points }: SimulationReport): readonly string[] {
  return [
    `EFFECT: true relative change of ${metric}; harm: the challenger truly breaks a check. SERVED AT: requests that the challenger served at that stage, in the mean of all runs; where it is harm, they are all exposed to it. Days are means of the runs that ended so; HOLD had not ended when the simulation gave up waiting.`,
    ...(points.some(({ naive }) => naive !== null) ? [`Naive: the same stages under the fixed-sample test of ${metric} at the whole alpha, looked at every day; the first p < alpha against the challenger rolls back, a stage that lasted its time goes on.`] : []),
  ];
}

function plain(value: number): number {
  return Number(value.toPrecision(4));
}
