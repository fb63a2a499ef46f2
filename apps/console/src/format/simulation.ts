import type { SimulationAct, SimulationReport } from "@gauntlet/contract";
import { Failure, parseRational, toNumber } from "@gauntlet/core";

import { count, percent } from "./number.ts";

/** What a person fills in; an empty figure of the world is left to the server to assume. */
export interface SimulationInput {
  readonly policy: string;
  readonly trafficPerDay: string;
  readonly prevalence: string;
  readonly recall: string;
  readonly precision: string;
  readonly precisionChange: string;
  /** Further lines of a world file. */
  readonly more: string;
  /** Of a ramp: the metric that effects change. */
  readonly metric: string;
  readonly effects: string;
  readonly runs: string;
  readonly seed: string;
}

export const NO_WORLD: Omit<SimulationInput, "policy"> = { trafficPerDay: "", prevalence: "", recall: "", precision: "", precisionChange: "", more: "", metric: "", effects: "", runs: "500", seed: "1" };

/** For whoever has no policy yet. */
export const STARTER_POLICY = `# The challenger ships when it surely finds at least 5 % more of the positives,
# and surely loses no more than one point of precision.
kind: abtest
name: recall-first
model: my-model
split: { champion: 80%, challenger: 20% }
shadow: true
window: { min: 14d, max: 28d }
labels: { maturity: 3d, coverage: 95% }
minSamples: 1000
bucket: 1h
alpha: 5%
checks:
  - { check: superiority, metric: recall, improveBy: 5% }
  - { check: band, metric: precision, dropMax: 1pp }
harm:
  - { check: recall }
`;

/** What is sent. @throws Failure `invalid_input` for what can't be read as a number. */
export function simulationActOf(input: SimulationInput): SimulationAct {
  return { policy: input.policy, world: worldText(input), metric: input.metric.trim() === "" ? null : input.metric.trim(), effects: effectsOf(input.effects), runs: whole(input.runs, "runs"), seed: whole(input.seed, "seed") };
}

/** A world file with the figures that were given. Their limits are the server's to check. */
export function worldText({ trafficPerDay, prevalence, recall, precision, precisionChange, more }: Omit<SimulationInput, "policy" | "metric" | "effects" | "runs" | "seed">): string {
  const champion = pairs([
    ["recall", recall],
    ["precision", precision],
  ]);
  const lines = pairs([
    ["trafficPerDay", trafficPerDay],
    ["prevalence", prevalence],
  ]);
  const challenger = pairs([["precisionChange", precisionChange]]);
  return [...lines, ...(champion.length === 0 ? [] : [`champion: { ${champion.join(", ")} }`]), ...(challenger.length === 0 ? [] : [`challenger: { ${challenger.join(", ")} }`]), more.trim()].filter((line) => line !== "").join("\n");
}

/** Numbers as they are, everything else quoted: nothing that is typed into a field becomes another field. */
function pairs(given: readonly (readonly [key: string, text: string])[]): readonly string[] {
  return given.flatMap(([key, text]) => {
    const value = text.trim();
    if (value === "") return [];
    return [`${key}: ${/^[-+]?(\d+\.?\d*|\.\d+)$/.test(value) ? value : JSON.stringify(value)}`];
  });
}

/** "-10%, 0, 5%" as numbers; null for none, and the server then takes the usual ones. */
function effectsOf(text: string): SimulationAct["effects"] {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== "");
  if (parts.length === 0) return null;
  return parts.map((part) => {
    try {
      return toNumber(parseRational(part.replace("\u2212", "-")));
    } catch (cause) {
      throw new Failure("invalid_input", `"${part}" is no relative change`, { fix: "write changes such as -10%, 0%, 5%, separated by commas", cause });
    }
  });
}

function whole(text: string, what: string): number {
  const value = Number(text.trim());
  if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(value)) throw new Failure("invalid_input", `${what}: "${text}" is no whole number`, { fix: "write digits only, such as 500" });
  return value;
}

export type SimulatedPoint = SimulationReport["points"][number];
export type Chance = SimulatedPoint["policy"]["promote"];

/** +5 %, −10 %, 0 % */
export function effectWords(effect: number): string {
  const text = percent(Math.abs(effect), 2);
  if (effect === 0) return text;
  return `${effect < 0 ? "\u2212" : "+"}${text}`;
}

/** 12.4 % (9.8 % to 15.6 %) */
export function chanceWords({ share, low, high }: Chance): string {
  return `${percent(share)} (${percent(low)} to ${percent(high)})`;
}

/** What the run comes to, a sentence each. */
export function simulationSentences(report: SimulationReport): readonly string[] {
  const { points } = report;
  const sentences: string[] = [];
  const wrong = points.filter((point) => !point.deserving);
  const worst = highest(wrong, (point) => point.policy.promote.share);
  const fooled = highest(wrong, (point) => point.naive?.promote.share ?? 0);
  if (worst !== null) {
    const naive = fooled === null || fooled.naive === null ? "" : `; the naive daily test promotes in ${percent(fooled.naive.promote.share)}${fooled === worst ? "" : ` (at ${effectWords(fooled.effect)})`}`;
    sentences.push(`A challenger that is not what the policy asks for is promoted in at most ${percent(worst.policy.promote.share)} of ${count(worst.runs)} runs${at(worst, worst.policy.promote.share)}, its 95\u00A0% interval up to ${percent(worst.policy.promote.high)}${naive}.`);
  }
  const right = points.filter((point) => point.deserving);
  const best = highest(right, (point) => point.policy.promote.share);
  if (best === null) sentences.push("At none of these effects the challenger is what the policy asks for: give larger effects, or a challenger that breaks no other check.");
  else sentences.push(`One that is, is promoted in ${percent(best.policy.promote.share)} at ${effectWords(best.effect)}, after ${days(best.policy.days.mean)} on average.`);
  const alarmed = highest(
    points.filter((point) => point.falseRollback !== null),
    (point) => point.falseRollback?.share ?? 0,
  );
  if (alarmed !== null) sentences.push(`One that ${report.kind === "ramp" ? "is no worse" : "does no harm"} is rolled back in at most ${percent(alarmed.falseRollback?.share ?? 0)}${at(alarmed, alarmed.falseRollback?.share ?? 0)}.`);
  const exposed = highest(
    points.filter((point) => report.kind === "ramp" && point.policy.harmed.mean > 0),
    (point) => point.policy.harmed.mean,
  );
  if (exposed !== null) sentences.push(`One that truly breaks a check serves ${count(Math.round(exposed.policy.harmed.mean))} requests on average at ${effectWords(exposed.effect)} before it ends, the most of these effects.`);
  return sentences;
}

/** Where the largest share was; nowhere when all are zero. */
function at({ effect }: SimulatedPoint, share: number): string {
  return share === 0 ? "" : ` (at ${effectWords(effect)})`;
}

export function days(value: number): string {
  return `${value < 10 ? value.toFixed(1) : count(Math.round(value))} d`;
}

function highest(points: readonly SimulatedPoint[], by: (point: SimulatedPoint) => number): SimulatedPoint | null {
  return points.reduce<SimulatedPoint | null>((found, point) => (found === null || by(point) > by(found) ? point : found), null);
}
