import type { Random } from "./random.ts";
import type { Call } from "./scheduler.ts";

export type Fault =
  | "none"
  | "timeout_before"
  | "timeout_after"
  /** The caller gives up before the request arrives. */
  | "late_effect"
  | "slow_effect"
  | "slow_answer"
  | "crash_before"
  | "crash_after"
  | "crash_in_flight"
  /** The registry answers as it was a while ago. */
  | "stale"
  /** The registry refuses a write for good. */
  | "refused";

/** How often each fault falls on a call of this run; 0 for most, so that a run shows what one kind of trouble does. */
type FaultRates = Readonly<Record<Exclude<Fault, "none">, number>>;

export interface FaultPlan {
  readonly rates: FaultRates;
  /** Times during which the registry answers nothing, [from, to). */
  readonly outages: readonly { readonly from: number; readonly to: number }[];
  /** Afterwards everything works. */
  readonly until: number;
}

/** What goes wrong in a run. Each kind is there or not, and then rare or common. */
export function drawFaults(random: Random, times: { readonly from: number; readonly until: number }): FaultPlan {
  const { from, until } = times;
  const rate = (likely: number, rare: number, common: number): number => (random.chance(likely) ? random.pick([rare, common]) : 0);
  const rates: FaultRates = {
    timeout_before: rate(0.4, 0.01, 0.08),
    timeout_after: rate(0.5, 0.01, 0.1),
    late_effect: rate(0.4, 0.01, 0.05),
    slow_effect: rate(0.5, 0.01, 0.06),
    slow_answer: rate(0.4, 0.01, 0.05),
    crash_before: rate(0.4, 0.003, 0.015),
    crash_after: rate(0.5, 0.003, 0.02),
    crash_in_flight: rate(0.4, 0.003, 0.015),
    stale: rate(0.35, 0.03, 0.15),
    refused: rate(0.2, 0.005, 0.02),
  };
  const outages = Array.from({ length: random.chance(0.3) ? random.between(1, 4) : 0 }, () => {
    const start = random.between(from, until);
    return { from: start, to: start + random.between(500, 25_000) };
  });
  return { rates, outages, until };
}

/** Three calls in ten go wrong, in every way that there is. */
export function thirtyPercent(until: number): FaultPlan {
  const rates: FaultRates = { timeout_before: 0.07, timeout_after: 0.07, late_effect: 0.03, slow_effect: 0.03, slow_answer: 0.03, crash_before: 0.015, crash_after: 0.015, crash_in_flight: 0.015, stale: 0.02, refused: 0.005 };
  return { rates, outages: [], until };
}

/**
 * The trap for a controller that does not expect its own past: writes of a promotion arrive late, and after somebody
 * has asked for a rollback all is fast and well, so that the rollback is done before they arrive.
 */
export function lateWriteOf(random: Random, at: { readonly call: Call; readonly mayCrash: boolean; readonly asked: boolean }): Fault {
  if (at.asked || !at.call.name.startsWith("registry.set") || !random.chance(0.2)) return "none";
  return at.mayCrash && random.chance(0.2) ? "crash_in_flight" : "late_effect";
}

/** The fault that falls on a call. */
export function faultOf(plan: FaultPlan, random: Random, at: { readonly call: Call; readonly now: number; readonly mayCrash: boolean }): Fault {
  const { call, now } = at;
  if (now >= plan.until) return "none";
  const ofRegistry = call.name.startsWith("registry.") || call.name.startsWith("artifacts.");
  if (ofRegistry && plan.outages.some((outage) => outage.from <= now && now < outage.to)) return random.chance(0.2) ? "timeout_after" : "timeout_before";
  let drawn = random.next();
  for (const [fault, rate] of Object.entries(plan.rates) as [Exclude<Fault, "none">, number][]) {
    drawn -= rate;
    if (drawn < 0) return canBefall(fault, at, ofRegistry) ? fault : "none";
  }
  return "none";
}

function canBefall(fault: Exclude<Fault, "none">, at: { readonly call: Call; readonly mayCrash: boolean }, ofRegistry: boolean): boolean {
  if (fault.startsWith("crash")) return at.mayCrash;
  if (fault === "stale") return at.call.past !== null;
  if (fault === "refused") return ofRegistry && !at.call.name.endsWith(".read");
  return true;
}
