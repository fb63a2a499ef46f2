import type { ModelDetail } from "@gauntlet/contract";
import type { JSX } from "react";

import { count, percent, percentagePoints } from "../format/number.ts";
import { Panel } from "./Panel.tsx";
import { Version } from "./Version.tsx";

type Arm = ModelDetail["split"][number];

/** Intended against observed share of every slot. */
export function SplitBars({ split, over }: { readonly split: readonly Arm[]; readonly over: boolean }): JSX.Element {
  return (
    <Panel title="Split" note={over ? "intended and observed, while it was tested" : "intended and observed"}>
      {split.length === 0 ? <p className="quiet">No version of this model is being served.</p> : null}
      <ul className="split">
        {split.map((arm) => (
          <SplitArm key={`${arm.slot} ${arm.version}`} arm={arm} />
        ))}
      </ul>
    </Panel>
  );
}

function SplitArm({ arm }: { readonly arm: Arm }): JSX.Element {
  return (
    <li>
      <p className="split-head">
        <strong>{arm.slot}</strong> <Version version={arm.version} />
        <span className="quiet">{count(arm.count)} live</span>
      </p>
      <Bar kind="intended" share={arm.intended} words={percent(arm.intended, 2)} />
      {arm.observed === null ? (
        <p className="quiet">nothing observed yet</p>
      ) : (
        <Bar kind="observed" share={arm.observed} words={`${percent(arm.observed, 2)} (${percentagePoints(arm.observed - arm.intended)})`} />
      )}
    </li>
  );
}

function Bar({ kind, share, words }: { readonly kind: "intended" | "observed"; readonly share: number; readonly words: string }): JSX.Element {
  const width = Math.min(1, Math.max(0, share)) * 100;
  return (
    <p className="split-bar">
      <span className="split-kind">{kind}</span>
      <span className="split-track" aria-hidden="true">
        <span className={`split-fill split-${kind}`} style={{ width: `${width}%` }} />
      </span>
      <span className="split-words">{words}</span>
    </p>
  );
}
