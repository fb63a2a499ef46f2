import type { ModelState } from "@gauntlet/core";
import type { JSX } from "react";

import { Digest } from "./Digest.tsx";
import { Moment } from "./Moment.tsx";
import { Panel } from "./Panel.tsx";

/** Who signed, for which evidence; a signature for other evidence than today's is void. */
export function Approvals({ state }: { readonly state: ModelState }): JSX.Element | null {
  const rule = state.rollout?.policy.approval ?? null;
  if (rule === null && state.approvals.length === 0) return null;
  const current = state.decision?.evidenceDigest;
  const valid = new Set(state.approvals.filter((approval) => approval.evidenceDigest === current && !rule?.notBy.includes(approval.by)).map((approval) => approval.by));
  return (
    <Panel title="Approvals" id="approvals" note={rule === null ? "none asked for" : `${valid.size} of ${rule.by} given`}>
      {rule !== null && rule.notBy.length > 0 ? <p className="quiet">Not by {rule.notBy.join(", ")}.</p> : null}
      {state.approvals.length === 0 ? <p className="quiet">Nobody has signed yet.</p> : null}
      <ul className="plain-list">
        {state.approvals.map((approval) => (
          <li key={approval.id}>
            <strong>{approval.by}</strong> <Moment at={approval.at} /> {approval.evidenceDigest === current ? null : <span className="flag">void: the evidence changed</span>}
            <p>{approval.comment}</p>
            <p className="quiet">
              for evidence <Digest value={approval.evidenceDigest} />
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
