import type { MonitorRules } from "../policy/monitor.ts";
import type { Response } from "./state.ts";

export const DAY_MS = 86_400_000;

/**
 * What a rollback calls for, by how many there were within 24 hours, itself counted. The reference has a cap of three a day
 * besides, behind which its upper rungs are out of reach; here the ladder takes the place of the cap, and rungs that it
 * does not name are those below them.
 */
export function responseTo(count: number): Response {
  if (count >= 7) return "escalate_human";
  if (count >= 5) return "pause_training";
  if (count >= 3) return "investigate";
  return count === 2 ? "slow_down" : "notify";
}

/** How long after the newest of so many rollbacks the next is withheld. */
export function cooldownMs(rules: Pick<MonitorRules, "cooldownMs" | "escalation">, count: number): number {
  return rules.escalation ? rules.cooldownMs * FACTORS[responseTo(count)] : rules.cooldownMs;
}

const FACTORS: Readonly<Record<Response, number>> = { notify: 1, slow_down: 2, investigate: 4, pause_training: 4, escalate_human: 1 };
