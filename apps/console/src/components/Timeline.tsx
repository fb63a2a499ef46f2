import type { ModelDetail } from "@gauntlet/contract";
import type { JSX } from "react";

import { due } from "../format/time.ts";
import { timelineOf, type Step } from "../format/timeline.ts";
import { Moment } from "./Moment.tsx";
import { Panel } from "./Panel.tsx";

const STATE_WORDS: Readonly<Record<Step["state"], string>> = { done: "done", current: "next", ahead: "ahead", skipped: "not needed" };

/** The stages of the rollout, on the controller's clock. */
export function Timeline({ detail }: { readonly detail: ModelDetail }): JSX.Element {
  const steps = timelineOf(detail);
  return (
    <Panel title="Timeline">
      {steps.length === 0 ? <p className="quiet">No rollout has begun.</p> : null}
      <ol className="timeline">
        {steps.map((step) => (
          <li key={step.id} className={`step step-${step.state}`} aria-current={step.state === "current" ? "step" : undefined}>
            <p className="step-title">
              {step.title}
              <span className={step.state === "current" || step.state === "skipped" ? "step-state" : "hidden"}>{STATE_WORDS[step.state]}</span>
            </p>
            <p className="quiet">
              {step.at === null || step.state === "skipped" ? null : (
                <>
                  <Moment at={step.at} />
                  {step.state === "current" ? ` · ${due(step.at, detail.now)}` : ""}
                </>
              )}
            </p>
            {step.note === "" ? null : <p className="quiet step-note">{step.note}</p>}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
