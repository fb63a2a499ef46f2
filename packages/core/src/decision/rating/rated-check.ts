import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";
import { configOf, type Judged } from "./judged.ts";

/** Whether there are matches of both: a rating that nothing speaks for is none, and never 1500. */
export function ratedCheck({ view }: Judged): CheckResult {
  const { challenger, baseline } = view;
  const unknown = [challenger, ...(baseline === null ? [] : [baseline])].filter(({ service }) => service === null);
  const n = { champion: baseline?.service?.games ?? 0, challenger: challenger.service?.games ?? 0 };
  const base = { ...blankCheck({ id: "rated", purpose: "validity", metric: "games", n }), unit: "count" as const, champion: n.champion, challenger: n.challenger, method: "counted" };
  if (unknown.length === 0) return { ...base, status: "pass", guarantee: "exact", says: `There are matches of ${baseline === null ? challenger.participant : `${challenger.participant} and ${baseline.participant}`} on ${configOf(view)}.`, wouldChange: null };
  return { ...base, says: `There is no match of ${unknown.map(({ participant }) => participant).join(" and none of ")} on ${configOf(view)}.`, wouldChange: "matches of it; or the version's tag `participant`, if its matches name it otherwise" };
}
