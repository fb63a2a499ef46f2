import type { PendingPlan } from "@gauntlet/core";
import type { JSX } from "react";

import { effectWords } from "../format/words.ts";
import { Icon } from "./Icon.tsx";

/** The effects of the newest decision while they are being applied: what is done, what failed, what is next. */
export function Effects({ pending }: { readonly pending: PendingPlan }): JSX.Element {
  const { plan, applied, failed } = pending;
  return (
    <section className={`effects ${failed === null ? "note-info" : "note-bad"} note`} aria-label="Effects being applied">
      <p className="note-title">
        {failed === null ? <span className="applying-dot" aria-hidden="true" /> : <Icon name="warn" />}
        {failed === null ? "Applying" : "An effect can't be applied"}: {applied.length} of {plan.effects.length} read back as planned
      </p>
      {failed === null ? null : (
        <>
          <p>
            {failedWords(pending)} <code>{failed.code}</code> {failed.detail}
          </p>
          <p>{failed.retryable ? "The controller tries again by itself." : "It will not be tried again by itself: a person has to mend it, or roll back."}</p>
        </>
      )}
      <details>
        <summary>All {plan.effects.length} effects</summary>
        <ol>
          {plan.effects.map((effect) => (
            <li key={effect.key}>
              <EffectMark done={applied.includes(effect.key)} failed={failed?.key === effect.key} /> {effectWords(effect)}
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}

function failedWords({ plan, failed }: PendingPlan): string {
  const effect = plan.effects.find((candidate) => candidate.key === failed?.key);
  return effect === undefined ? "" : `${effectWords(effect)}:`;
}

function EffectMark({ done, failed }: { readonly done: boolean; readonly failed: boolean }): JSX.Element {
  if (failed)
    return (
      <span className="check-mark check-fail">
        <Icon name="fail" /> failed
      </span>
    );
  if (done)
    return (
      <span className="check-mark check-pass">
        <Icon name="pass" /> applied
      </span>
    );
  return (
    <span className="check-mark check-unavailable">
      <Icon name="unavailable" /> to do
    </span>
  );
}
