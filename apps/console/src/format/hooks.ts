import type { HookDelivery, HookList, HookTry } from "@gauntlet/contract";

import type { IconName } from "../components/Icon.tsx";
import { count, counted } from "./number.ts";
import { ago, due } from "./time.ts";

type HookStatus = HookList["hooks"][number];

export const HOOK_EVENT_WORDS: Readonly<Record<HookDelivery["event"], string>> = {
  verdict_changed: "Verdict changed",
  approval_wanted: "Approval wanted",
  promoted: "Promoted",
  rolled_back: "Rolled back",
  regression: "Regression",
  at_risk: "At risk",
  rollback_triggered: "Rollback triggered",
  rollback_completed: "Rollback completed",
  test: "Test",
};

export const DELIVERY_WORDS: Readonly<Record<HookDelivery["status"], string>> = { pending: "To be told", delivered: "Heard", failed: "Not heard" };

interface Shown {
  readonly icon: IconName;
  readonly tone: "pass" | "warn" | "fail" | "unavailable";
  readonly words: string;
}

/** Whether a hook hears what it is told. */
export function hookHealth({ disabled, last, failedInRow }: HookStatus, now: number): Shown {
  if (disabled !== null) return { icon: "fail", tone: "fail", words: `disabled ${ago(disabled.at, now)}: it ${disabled.detail}` };
  if (last === null) return { icon: "unavailable", tone: "unavailable", words: "told nothing yet" };
  if (failedInRow === 0) return { icon: "pass", tone: "pass", words: "hears" };
  return { icon: "fail", tone: "fail", words: `not heard, ${failedInRow === 1 ? "once" : `${count(failedInRow)} times in a row`}` };
}

/** How a delivery stands; one that is waiting says when it is tried next. */
export function deliveryOutcome({ status, attempts, nextAt, detail }: HookDelivery, now: number): Shown {
  switch (status) {
    case "delivered":
      return { icon: "pass", tone: "pass", words: `${DELIVERY_WORDS.delivered}${attempts > 1 ? `, at attempt ${count(attempts)}` : ""}` };
    case "failed":
      return { icon: "fail", tone: "fail", words: `${DELIVERY_WORDS.failed}: ${detail ?? "nobody knows why"}` };
    case "pending":
      return { icon: attempts === 0 ? "unavailable" : "warn", tone: attempts === 0 ? "unavailable" : "warn", words: [DELIVERY_WORDS.pending, ...(attempts === 0 ? [] : [`${counted(attempts, "attempt", "attempts")} so far`]), ...(nextAt === null ? [] : [`next ${due(nextAt, now)}`])].join(", ") };
  }
}

/** lost: its process died before an answer was written down. replayed: a person had it told again. */
export type AttemptRow = { readonly kind: "ended"; readonly attempt: HookTry } | { readonly kind: "lost" | "under way"; readonly number: number } | { readonly kind: "replayed" };

/** What came of a delivery, oldest first: its attempts as they are kept, and what their numbers say about those that are not. */
export function attemptRows({ tries, attempts, status }: Pick<HookDelivery, "tries" | "attempts" | "status">): readonly AttemptRow[] {
  const rows: AttemptRow[] = [];
  // Attempts before they were kept, or too old to be, are not called lost.
  let number = (tries[0]?.attempt ?? attempts + 1) - 1;
  const lostUpTo = (last: number): void => {
    while (number < last) rows.push({ kind: "lost", number: ++number });
  };
  for (const attempt of tries) {
    if (attempt.attempt <= number) {
      rows.push({ kind: "replayed" });
      number = 0;
    }
    lostUpTo(attempt.attempt - 1);
    rows.push({ kind: "ended", attempt });
    number = attempt.attempt;
  }
  if (tries.length > 0 && attempts < number) {
    rows.push({ kind: "replayed" });
    number = 0;
  }
  if (tries.length === 0) return rows;
  lostUpTo(status === "pending" ? attempts - 1 : attempts);
  if (number < attempts) rows.push({ kind: "under way", number: attempts });
  return rows;
}

/** JSON with a line for each field; anything else as it is. */
export function bodyText(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
