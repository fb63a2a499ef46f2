import { toNumber } from "../../policy/rational.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import { pairedPrecisionDifference } from "../../statistics/paired-precision.ts";
import { jointChances, truthOf } from "../world.ts";
import { percent, round, type Facts } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

/** Can a band of precision be proven with the alarms there will be? */
export function lintPrecision(facts: Facts): readonly PolicyWarning[] {
  if (!facts.strict) return [];
  return facts.policy.checks.flatMap((rule, index): PolicyWarning[] => {
    if (rule.kind !== "band") return [];
    const margin = toNumber(rule.dropMax);
    // A version that is truly more precise has more room.
    const room = margin + Math.max(0, facts.known.challenger?.precisionChange ?? 0);
    const { half, flagged, needed } = facts.policy.shadow ? paired(facts, room) : unpaired(facts, room);
    if (half <= room) return [];
    const when = facts.requests === null ? `with minSamples in the smaller arm` : "by the last look";
    return [
      {
        code: "precision-unprovable",
        severity: "warning",
        pointer: `/checks/${index}/dropMax`,
        says: `${when} there are about ${flagged} alarms, and the interval of the difference reaches ${Number.isFinite(half) ? points(half) : "everywhere,"} to either side: a drop of less than ${points(margin)} can't be shown. That would take about ${needed}`,
        fix: `allow a larger drop than ${points(margin)}, wait for more alarms, or expect "unproven"`,
      },
    ];
  });
}

interface Width {
  readonly half: number;
  readonly flagged: string;
  readonly needed: string;
}

/** Half of the interval is z·√(P₁Q₁/f₁ + P₂Q₂/f₂); f are alarms with a label. */
function unpaired({ world, outcomes, alpha }: Facts, room: number): Width {
  const { recall, precision } = truthOf(world);
  const flagged = (version: "champion" | "challenger") => (outcomes[version] * world.labels.coverage * world.prevalence * recall[version]) / precision[version];
  const alarms = { champion: flagged("champion"), challenger: flagged("challenger") };
  const spread = (version: "champion" | "challenger") => precision[version] * (1 - precision[version]);
  const z = -normalQuantile(alpha);
  const half = z * Math.sqrt(spread("champion") / alarms.champion + spread("challenger") / alarms.challenger);
  const factor = (half / room) ** 2;
  return { half, flagged: `${round(alarms.champion)} and ${round(alarms.challenger)}`, needed: `${round(Math.ceil(alarms.champion * factor - 1e-6))} and ${round(Math.ceil(alarms.challenger * factor - 1e-6))}` };
}

/** The same from the pairs that this world expects. */
function paired({ world, outcomes, alpha }: Facts, room: number): Width {
  const pairs = (outcomes.champion + outcomes.challenger) * world.labels.coverage;
  const cells = jointChances(world).map((chance) => Math.round(chance * pairs));
  const flagged = (bit: 1 | 2) => cells.reduce((sum, count, kind) => ((kind & bit) === 0 ? sum : sum + count), 0);
  const alarms = { champion: flagged(2), challenger: flagged(1) };
  if (alarms.champion === 0 || alarms.challenger === 0) return { half: Number.POSITIVE_INFINITY, flagged: "no", needed: "some hundreds" };
  const found = pairedPrecisionDifference(cells, 1 - 2 * alpha);
  const half = found.difference - found.low;
  const factor = (half / room) ** 2;
  return { half, flagged: `${round(alarms.champion)} and ${round(alarms.challenger)}`, needed: `${round(Math.ceil(alarms.champion * factor - 1e-6))} and ${round(Math.ceil(alarms.challenger * factor - 1e-6))}` };
}

function points(share: number): string {
  return percent(share).replace("%", "pp");
}
