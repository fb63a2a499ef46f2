import type { CheckResult, Decision } from "@gauntlet/core";
import type { JSX } from "react";

import { checkTitle } from "../format/check.ts";
import { CheckMark } from "./CheckMark.tsx";
import { Panel } from "./Panel.tsx";

/** What stands between this verdict and another one. */
export function WouldChange({ decision }: { readonly decision: Decision }): JSX.Element {
  const final = decision.verdict !== "hold" && decision.verdict !== "advance";
  // Of a verdict that stands, what was never measured would change nothing any more.
  const open = decision.checks.filter((check) => isOpen(check) && !(final && check.status === "unavailable"));
  const lead = LEADS[decision.reason];
  return (
    <Panel title="What would change this verdict" id="would-change">
      {lead === undefined ? null : <p className="would-lead">{lead}</p>}
      {open.length === 0 ? (
        lead === undefined ? <p className="quiet">No check asks for anything more.</p> : null
      ) : (
        <ul className="would">
          {open.map((check) => (
            <li key={check.id}>
              <CheckMark status={check.status} />
              <div>
                <strong>{checkTitle(check)}</strong>
                <p>{check.wouldChange}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function isOpen(check: CheckResult): boolean {
  return check.wouldChange !== null && check.status !== "pass";
}

/** What a reason asks for, beyond the checks. Reasons that the checks explain have none. */
const LEADS: Readonly<Partial<Record<Decision["reason"], string>>> = {
  awaiting_approval: "A signature. Every check passed; an approval is bound to this very evidence.",
  operator_hold: "Somebody has to resume. Harm still rolls back by itself while a person holds.",
  min_duration: "Time. The first look must be reached before anything is judged.",
  labels_immature: "Labels. Requests are judged once the truth about them has had time to arrive.",
  evidence_unavailable: "The outage has to end. Until then nothing is promoted and nothing is rolled back.",
  sample_ratio_mismatch: "The split has to be what was intended. Find where outcomes are lost or doubled.",
  split_not_realised: "The traffic target has to show the split of this rollout.",
  split_off_target: "The versions have to get the shares that were intended.",
  multiple_exposure: "Each unit has to be served by one version between two changes of the split.",
  join_rate_low: "Follow-ups and labels have to name the requests of outcomes that were sent.",
  evidence_late: "Follow-ups and labels have to come in time, or the policy has to wait longer.",
  arm_silent: "The version without outcomes has to report some again.",
  evidence_stale: "The source has to show data up to now.",
  signature_invalid: "The files have to be signed by a key that the policy names, each of them and no others.",
  artifact_unread: "The registry has to hand out the version's files. Until then nothing is promoted and nothing is rolled back.",
  version_mismatch: "The versions in the registry have to be the ones that were tested.",
  foreign_move: "Somebody moved an alias. Put it back, or end this rollout.",
  champion_over_limit: "The champion has to keep the limit itself before the challenger can be judged by it.",
  all_checks_passed: "Nothing by itself: it is a promotion. A person can roll it back at any time.",
  harm: "Nothing by itself: the rollout ended. A mended version needs a rollout of its own.",
  manual: "Nothing by itself: a person ordered it.",
  regression: "Nothing by itself: what was promoted became worse. A mended version needs a rollout of its own.",
  rejected: "Nothing by itself: a person rejected the version.",
  plan_failed: "The effect that can't be applied has to be mended by a person.",
};
