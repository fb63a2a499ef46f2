import type { ModelDetail } from "@gauntlet/contract";
import type { JSX } from "react";

import { counted } from "../format/number.ts";
import { ago, due, duration } from "../format/time.ts";
import { REASON_WORDS, VERDICT_MEANING, wordFor } from "../format/words.ts";
import { Digest } from "./Digest.tsx";
import { Figures, type Figure } from "./Figures.tsx";
import { Moment } from "./Moment.tsx";
import { Says } from "./Says.tsx";
import { VerdictBadge } from "./VerdictBadge.tsx";

/** The verdict, large, as a sentence; when it was taken, and when the next may come. */
export function VerdictPanel({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const { decision, summary } = detail;
  const verdict = decision?.verdict ?? summary.verdict;
  const reason = decision?.reason ?? summary.reason;
  return (
    <section className={`verdict-panel edge-${verdict ?? "none"}`} aria-label="Verdict">
      <p className="verdict-line">
        <VerdictBadge verdict={verdict} large />
        {reason === null ? null : <strong className="verdict-reason">{wordFor(REASON_WORDS, reason)}</strong>}
        {verdict === null ? null : <span className="quiet">{VERDICT_MEANING[verdict]}</span>}
        {decision?.compatLabel ? <span className="flag">in the reference's words: {decision.compatLabel}</span> : null}
      </p>
      <p className="verdict-sentence">
        <Says text={decision?.sentence ?? summary.sentence ?? "Nothing has been decided yet: the first look is still ahead."} />
      </p>
      <Figures className="verdict-figures" figures={figuresOf(detail)} />
    </section>
  );
}

function figuresOf({ now, summary, decision, state, late }: ModelDetail): readonly Figure[] {
  const figures: Figure[] = [];
  if (summary.nextLookAt !== null) figures.push({ name: "Next look", value: due(summary.nextLookAt, now) });
  if (decision !== null) {
    if (decision.look !== null) figures.push(state.rollout?.policy.kind === "rating" ? { name: "Matches up to", value: <Moment at={decision.look.cutoff} /> } : state.rollout?.policy.kind === "slots" ? { name: "Counts up to", value: <Moment at={decision.look.cutoff} /> } : { name: "Look", value: `${decision.look.number} of ${decision.look.of}` });
    if (late?.changed === true) figures.push({ name: "Since this look", value: lateWords(late) });
    figures.push({
      name: "Decided",
      value: (
        <>
          <Moment at={decision.at} /> <span className="quiet">({ago(decision.at, now)})</span>
        </>
      ),
    });
    if (summary.confirmedAt !== null && summary.confirmedAt > decision.at) figures.push({ name: "Last confirmed", value: ago(summary.confirmedAt, now) });
    figures.push({ name: "Decision", value: <code className="digest">{decision.id}</code> });
    // The first rules gave their decisions no number.
    figures.push({ name: "Rules", value: String(decision.rules ?? 1) });
    figures.push({ name: "Evidence", value: <Digest value={decision.evidenceDigest} /> });
  }
  if (state.rollout !== null) figures.push(summary.status === "running" ? { name: "Running for", value: duration(now - state.rollout.startedAt) } : { name: "Ran for", value: duration((state.decision?.at ?? now) - state.rollout.startedAt) });
  return figures;
}

/** Counts alone: figures of a look that was judged would be another look. */
function lateWords({ outcomes, labels }: NonNullable<ModelDetail["late"]>): string {
  const [more, labelled] = [outcomes.champion + outcomes.challenger, labels.champion + labels.challenger];
  const came = more === 0 && labelled === 0 ? "corrections" : `${counted(more, "outcome", "outcomes")}, ${counted(labelled, "label", "labels")}`;
  return `${came}, for the next look`;
}
