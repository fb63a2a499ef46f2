import { toNumber } from "../../policy/rational.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import { percent, type Facts } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

/** What the number of looks does to alpha. */
export function lintLooks({ policy, looks, strict, alpha }: Facts): readonly PolicyWarning[] {
  if (looks < 2 || policy.monitoring !== "looks") return [];
  const whole = toNumber(policy.alpha);
  if (!strict) {
    return [
      {
        code: "compat-peeks",
        severity: "warning",
        pointer: "/mode",
        says: `compat mode spends all of alpha at each of ${looks} looks, so a worthless challenger may be promoted in up to ${percent(looks * whole)} of the tests, not ${percent(whole)}; and it asks for a point, not for proof`,
        fix: "use mode: strict, or one look (window.min equal to window.max)",
      },
    ];
  }
  const z = (level: number) => -normalQuantile(level / 2) + normalQuantile(0.8);
  const more = (z(alpha) / z(whole)) ** 2 - 1;
  return [
    {
      code: "alpha-split",
      severity: "note",
      pointer: "/window",
      says: `each of ${looks} looks has ${percent(alpha)} of alpha's ${percent(whole)}, so a look needs about ${percent(more)} more evidence than a single one would`,
      fix: "fine, if an early end is worth it; otherwise let window.min equal window.max",
    },
  ];
}
