import type { CheckResult } from "@gauntlet/core";
import type { JSX } from "react";

import { PURPOSE_WORDS } from "../format/words.ts";
import { CheckItem } from "./CheckItem.tsx";

const PURPOSES = ["validity", "harm", "promotion"] as const;

/** Every check, in the order in which they are judged. */
export function CheckList({ checks }: { readonly checks: readonly CheckResult[] }): JSX.Element {
  return (
    <div className="checks">
      {PURPOSES.map((purpose) => (
        <CheckGroup key={purpose} purpose={purpose} checks={checks.filter((check) => check.purpose === purpose)} />
      ))}
    </div>
  );
}

function CheckGroup({ purpose, checks }: { readonly purpose: CheckResult["purpose"]; readonly checks: readonly CheckResult[] }): JSX.Element {
  const words = PURPOSE_WORDS[purpose];
  const passed = checks.filter((check) => check.status === "pass" || check.status === "warn").length;
  return (
    <div className="check-group">
      <h3>
        {words.title} <span className="quiet">{words.asks}</span>
        <span className="check-count">{checks.length === 0 ? "none" : `${passed} of ${checks.length} passed`}</span>
      </h3>
      {checks.length === 0 ? <p className="quiet">The policy has no checks of this kind, or nothing could be read.</p> : null}
      <ul>
        {checks.map((check) => (
          <CheckItem key={check.id} check={check} />
        ))}
      </ul>
    </div>
  );
}
