import type { Chance, OperatingPoint, Outcomes, World } from "@gauntlet/core";
import type { SimulationReport } from "@gauntlet/server";

import { table } from "../output/table.ts";
import { paint } from "../output/words.ts";
import { interval, percent, share } from "./figures.ts";
import { promotionPlot } from "./promotion-plot.ts";
import { rampLines, rampTable, rampWorldLine } from "./ramp-text.ts";

/** The operating characteristics for people: what was assumed, a table, a plot, and what it comes to. */
export function simulationText(report: SimulationReport, colour: boolean): string {
  const { points } = report;
  const ramp = report.kind === "ramp";
  const parts = [
    `Policy ${report.policy} (${ramp ? "a ramp, " : ""}${report.mode}), ${report.runs} runs for each effect, seed ${report.seed}.`,
    ...worldLines(report),
    "",
    ramp ? rampTable(points, colour) : table(HEADINGS, points.map((point) => rowOf(point, colour))),
    "",
    promotionPlot(points, report.metric),
    "",
    ...(ramp ? rampLines(report) : verdictLines(points)),
    ...errorLines(points),
    ...report.impossible.map(({ effect, says }) => `${percent(effect)} was left out: ${says}.`),
  ];
  return parts.join("\n");
}

const HEADINGS = ["EFFECT", "PROMOTE", "95 % INTERVAL", "RETAIN", "ROLLBACK", "HOLD", "DAYS", "SAMPLES", "EXPOSED", "HARMED", "NAIVE PROMOTES", "NAIVE DAYS"];

function rowOf(point: OperatingPoint, colour: boolean): readonly string[] {
  const { policy, naive } = point;
  return [
    percent(point.effect),
    paint(colour, point.deserving ? "green" : "red", share(policy.promote)),
    interval(policy.promote),
    share(policy.retain),
    share(policy.rollback),
    share(policy.hold),
    days(policy),
    String(Math.round(policy.samples.mean)),
    String(Math.round(policy.exposed.mean)),
    policy.harmed.mean < 10 ? policy.harmed.mean.toFixed(1) : String(Math.round(policy.harmed.mean)),
    naive === null ? "–" : share(naive.promote),
    naive === null ? "–" : days(naive),
  ];
}

function worldLines({ world, assumed }: SimulationReport): readonly string[] {
  const known = "metric" in world ? rampWorldLine(world) : abtestWorldLine(world);
  return assumed.length === 0 ? [known] : [known, "Assumed, since nobody said (give a world file or flags):", ...assumed.map(({ pointer, says }) => `  ${pointer} ${says}`)];
}

function abtestWorldLine({ trafficPerDay, prevalence, champion, challenger, labels }: World): string {
  return `World: ${Number(trafficPerDay.toPrecision(5))} requests a day, ${percent(prevalence)} positive; champion recall ${percent(champion.recall)}, precision ${percent(champion.precision)}; challenger's precision ${percent(champion.precision + challenger.precisionChange)}; labels for ${percent(labels.coverage)}, half of them within ${hours(labels.medianMs)}.`;
}

function verdictLines(points: readonly OperatingPoint[]): readonly string[] {
  const lines = ["EFFECT: true relative change of recall. SAMPLES and EXPOSED (served by the challenger): means until the verdict. HARMED: of these, worse answers than the champion's would have been."];
  if (points.some((point) => point.naive !== null)) lines.push("Naive: the fixed-sample test of recall at the whole alpha, looked at every day once labels are mature; the first p < alpha promotes.");
  return lines;
}

/** How often the policy is wrong at worst, beside the naive test. */
function errorLines(points: readonly OperatingPoint[]): readonly string[] {
  const lines: string[] = [];
  const beside = (naive: Worst | null) => (naive === null ? "" : `; naive daily testing ${described(naive)}`);
  const promoted = worst(points, (point) => point.falsePromotion);
  if (promoted !== null) lines.push(`False promotion (the challenger is not what the policy asks for): at most ${described(promoted)}${beside(worst(points, (point) => (point.deserving ? null : (point.naive?.promote ?? null))))}.`);
  const rolledBack = worst(points, (point) => point.falseRollback);
  // The naive test of an A/B test knows no way back.
  if (rolledBack !== null) lines.push(`False rollback (it ${points[0]?.policy.stages === undefined ? "does no harm" : "is no worse"}): at most ${described(rolledBack)}${beside(worst(points, (point) => (point.harmless && point.policy.stages !== undefined ? (point.naive?.rollback ?? null) : null)))}.`);
  return lines;
}

interface Worst {
  readonly chance: Chance;
  readonly effect: number;
}

function worst(points: readonly OperatingPoint[], of: (point: OperatingPoint) => Chance | null): Worst | null {
  return points
    .flatMap((point): Worst[] => {
      const chance = of(point);
      return chance === null ? [] : [{ chance, effect: point.effect }];
    })
    .reduce<Worst | null>((most, one) => (most === null || one.chance.share > most.chance.share ? one : most), null);
}

function described({ chance, effect }: Worst): string {
  return `${share(chance)} (${interval(chance)}) at ${percent(effect)}`;
}

function days({ days: spread }: Outcomes): string {
  return spread.mean.toFixed(1);
}

function hours(ms: number): string {
  return ms < 172_800_000 ? `${Number((ms / 3_600_000).toPrecision(3))} h` : `${Number((ms / 86_400_000).toPrecision(3))} d`;
}
