import type { Policy } from "@gauntlet/core";
import type { JSX } from "react";

import { percent } from "../format/number.ts";

interface RibbonKeyProps {
  readonly level: number;
  /** null when nothing says how often it looks. */
  readonly policy: Policy | null;
  readonly looks: number;
}

/** What the two bands around the ratio are, and why they differ. */
export function RibbonKey({ level, policy, looks }: RibbonKeyProps): JSX.Element {
  const sure = percent(level, 2);
  return (
    <>
      <ul className="chart-key" aria-hidden="true">
        <li>
          <span className="key-watched" /> {sure} at any time: a confidence sequence
        </li>
        <li>
          <span className="key-once" /> {sure} once: a fixed-sample interval
        </li>
        {looks === 0 ? null : (
          <li>
            <span className="key-look" /> end of a look
          </li>
        )}
      </ul>
      <p className="ribbon-why">
        The wide band may be looked at every day, because it holds at all of these moments together; the narrow one only once, at a moment fixed in advance, and whoever looks daily and stops when it suits is wrong far more often.{" "}
        {policy === null ? null : <span className="quiet">{judges(policy, looks)}</span>}
      </p>
    </>
  );
}

function judges(policy: Policy, looks: number): string {
  if (policy.kind === "ramp") return "This policy judges each stage by itself, when its time is over.";
  if (policy.kind === "rating") return "This policy judges by matches, at every tick.";
  if (policy.kind === "slots") return policy.mode === "strict" ? "This policy judges games at every tick, by evidence that holds at all of them together." : "This policy judges games once, as they are.";
  const { mode, monitoring } = policy;
  if (monitoring === "continuous") return "This policy judges at every tick, by the wide one.";
  if (looks === 1) return "This policy judges at one look, by the narrow one.";
  return `This policy judges at ${looks} looks, by the narrow one${mode === "strict" ? ", with alpha divided among them" : ""}.`;
}
