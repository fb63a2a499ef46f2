import type { AdmissionRule } from "../../policy/ramp-policy.ts";
import { toNumber } from "../../policy/rational.ts";
import { exactDecimal, type ExactFigure } from "../comparison.ts";
import { formatFigure, formatNumber } from "../format.ts";

/** Scores by name; what is not there was not measured. */
export type Scores = Readonly<Record<string, number>>;

/** Each rule that the challenger's scores miss, in a sentence; exact, and a score that is not there misses. */
export function missedAdmission(rules: readonly AdmissionRule[], scores: { readonly champion: Scores; readonly challenger: Scores }): readonly string[] {
  return rules.flatMap((rule) => {
    const own = scoreOf(scores.challenger, rule.metric);
    if (own === null) return [`${rule.metric} of the challenger is not known`];
    if (rule.bound.kind === "value") {
      const { value } = rule.bound;
      return meets(rule.ask, own, { parts: BigInt(value.parts), of: BigInt(value.of) }) ? [] : [`${rule.metric} is ${formatFigure(own)}, and must be ${WORDS[rule.ask]} ${formatFigure(toNumber(value))}`];
    }
    const theirs = scoreOf(scores.champion, rule.metric);
    if (theirs === null) return [`${rule.metric} of the champion is not known, so that nothing can be compared with it`];
    const { times } = rule.bound;
    const exact = exactDecimal(theirs);
    if (meets(rule.ask, own, { parts: exact.parts * BigInt(times.parts), of: exact.of * BigInt(times.of) })) return [];
    const part = times.parts === times.of ? "" : `${formatNumber(toNumber(times))} times `;
    return [`${rule.metric} is ${formatFigure(own)}, and must be ${WORDS[rule.ask]} ${part}the champion's ${formatFigure(theirs)}`];
  });
}

const WORDS: Readonly<Record<AdmissionRule["ask"], string>> = { equals: "exactly", atLeast: "at least", atMost: "at most" };

function meets(ask: AdmissionRule["ask"], own: number, bound: ExactFigure): boolean {
  const score = exactDecimal(own);
  const above = score.parts * bound.of - bound.parts * score.of;
  return ask === "equals" ? above === 0n : ask === "atLeast" ? above >= 0n : above <= 0n;
}

function scoreOf(scores: Scores, metric: string): number | null {
  const score = Object.hasOwn(scores, metric) ? scores[metric] : undefined;
  return score !== undefined && Number.isFinite(score) ? score : null;
}
