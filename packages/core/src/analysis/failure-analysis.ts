import { sharesOf } from "../allocation/shares-of.ts";
import { armsOf, type ArmFigures, type ArmPair } from "../decision/arms.ts";
import type { Decision } from "../decision/decision.ts";
import type { Observation } from "../decision/observation.ts";
import { isoTime } from "../digest/iso-time.ts";
import type { Hits } from "../statistics/input.ts";
import { analyse, type Analysis, type Ending } from "./analyse.ts";
import { goldenRows, type AnalysisFiles } from "./analysis-files.ts";
import type { AnalysisBundle, Configuration } from "./bundle.ts";

/** Why a rollout ended as it did: its findings, and what they are about. Plain data. */
export interface FailureAnalysis extends Analysis {
  readonly model: string;
  readonly rollout: string;
  readonly decision: { readonly id: string; readonly verdict: Decision["verdict"]; readonly reason: Decision["reason"]; readonly at: string };
  readonly versions: { readonly champion: string; readonly challenger: string };
  readonly loss: AnalysisBundle["loss"];
}

/** Of a recorded decision, and of what the challenger's run keeps. The same of both gives the same analysis. */
export function failureAnalysis({ decision, observation }: { readonly decision: Decision; readonly observation: Observation }, files: AnalysisFiles): FailureAnalysis {
  const { rollout } = observation;
  const bundle = bundleOf(observation, files);
  return {
    model: rollout.model,
    rollout: rollout.id,
    decision: { id: decision.id, verdict: decision.verdict, reason: decision.reason, at: isoTime(decision.at) },
    versions: { champion: rollout.champion.version, challenger: rollout.challenger.version },
    ...analyse(bundle, ENDINGS[decision.verdict]),
    loss: bundle.loss,
  };
}

const ENDINGS: Readonly<Record<Decision["verdict"], Ending>> = { advance: "open", hold: "open", promote: "promoted", retain: "failed", rollback: "failed" };

function bundleOf({ rollout, evidence, at }: Observation, files: AnalysisFiles): AnalysisBundle {
  const { champion, challenger } = rollout;
  // Labels are judged in the look; who arrived, in everything so far.
  const looked = evidence.available ? armsOf(rollout, evidence.look.evidence.length > 0 ? evidence.look.evidence : evidence.soFar) : null;
  const arrived = evidence.available ? armsOf(rollout, evidence.soFar) : null;
  // Before a look is due, most of its outcomes are too young to have a label.
  const matured = evidence.available && at >= evidence.look.dueAt ? armsOf(rollout, evidence.look.evidence) : null;
  const online = looked === null ? null : recallOf(looked);
  const { preprocessing: trained, servedPreprocessing: served } = files;
  return {
    training: files.trainingSample,
    holdout: files.holdout,
    production: files.servedSample,
    loss: files.loss,
    preprocessing: trained === null || served === null ? null : { trained, served },
    golden: goldenRows(files.golden, files.servedGolden),
    artifacts: { training: files.manifest, registry: files.registryManifest, served: files.servedManifest, challengerDigest: challenger.digest, championDigest: champion.digest },
    recall: files.offlineRecall === null || online === null ? null : { offline: files.offlineRecall, online },
    configuration: {
      threshold: challenger.threshold === null || files.servedThreshold === null ? null : { declared: challenger.threshold, served: files.servedThreshold },
      labelled: matured === null ? null : { champion: labelledOf(matured.champion), challenger: labelledOf(matured.challenger) },
      split: arrived === null ? null : splitOf(rollout, arrived),
    },
  };
}

/** Labelled positives that the challenger found; of pairs, where there are some, else of what it served itself. */
function recallOf({ challenger, paired }: ArmPair): Hits | null {
  if (paired !== null) {
    // Cells are indexed truth·4 + champion·2 + challenger.
    const [missed = 0, found = 0, missedToo = 0, foundToo = 0] = paired.cells.slice(4);
    return { hits: found + foundToo, of: missed + found + missedToo + foundToo };
  }
  const { confusion } = challenger;
  return confusion === null ? null : { hits: confusion.truePositive, of: confusion.truePositive + confusion.falseNegative };
}

function labelledOf({ labelled, live }: ArmFigures): Hits {
  return { hits: labelled, of: live };
}

function splitOf({ allocation, slots }: Observation["rollout"], { champion, challenger }: ArmPair): Configuration["split"] {
  const shares = sharesOf(allocation);
  const basisPoints = [shares[slots?.control ?? slots?.champion ?? "champion"] ?? 0, shares[slots?.challenger ?? "challenger"] ?? 0];
  return basisPoints.includes(0) ? null : { counts: [champion.live, challenger.live], basisPoints };
}
