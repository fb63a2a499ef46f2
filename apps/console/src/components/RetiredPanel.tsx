import type { ModelDetail } from "@gauntlet/contract";
import type { JSX } from "react";

import { Moment } from "./Moment.tsx";
import { Panel } from "./Panel.tsx";
import { Version } from "./Version.tsx";

/** The version that the rollout left without requests, and what its owner may scale down: Gauntlet scales nothing. */
export function RetiredPanel({ retired }: { readonly retired: NonNullable<ModelDetail["retired"]> }): JSX.Element {
  return (
    <Panel title="Serves nothing any more" note="scaling is its owner's">
      <p>
        <Version version={retired.version} /> has served nothing since <Moment at={retired.since} />: {retired.scale}.
      </p>
      <p className="quiet">{retired.before}</p>
    </Panel>
  );
}
