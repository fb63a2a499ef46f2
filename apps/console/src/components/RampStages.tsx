import type { RampSeries, RampStage } from "@gauntlet/contract";
import type { JSX } from "react";

import { basisPoints } from "../format/number.ts";
import { dwellDone, stageWords } from "../format/ramp.ts";
import { Panel } from "./Panel.tsx";

const STATE_WORDS: Readonly<Record<RampStage["state"], string>> = { passed: "passed", current: "now", ahead: "ahead", ended: "ended here", not_reached: "not reached" };

/** The stages of a ramp from left to right, and how long the present one must last yet. */
export function RampStages({ series }: { readonly series: RampSeries }): JSX.Element {
  return (
    <Panel title="Ramp" note="by the controller's clock; a stage ends when its dwell is over and its checks allow it">
      <ol className="ramp">
        {series.stages.map((stage) => (
          <Stage key={stage.name} stage={stage} now={series.now} />
        ))}
      </ol>
    </Panel>
  );
}

function Stage({ stage, now }: { readonly stage: RampStage; readonly now: number }): JSX.Element {
  const done = stage.state === "current" ? dwellDone(stage, now) : null;
  return (
    <li className={`ramp-stage ramp-${stage.state}`} aria-current={stage.state === "current" ? "step" : undefined}>
      <p className="ramp-share">
        <strong>{basisPoints(stage.basisPoints)}</strong> <span className="ramp-state">{STATE_WORDS[stage.state]}</span>
      </p>
      <p className="ramp-name">{stage.name}</p>
      {done === null ? null : <progress className="ramp-dwell" value={done} max={1} aria-label={`Dwell of ${stage.name}`} />}
      <p className="quiet">{stageWords(stage, now)}</p>
    </li>
  );
}
