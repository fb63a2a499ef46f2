import { recordEvents, type Controller, type RecordedEvents } from "@gauntlet/controller";
import { EVENT_LIMITS, parseEvent, type AcceptedEvent, type EventProblem } from "@gauntlet/core";
import { randomUUID } from "node:crypto";

import { rateLimit } from "../http/rate-limit.ts";

/** Where events come in, whichever way they came. */
export interface EventIntake {
  /**
   * Keeps and counts what is right, and says of each item what became of it, in their order.
   * @throws Failure `store_unavailable`; then all may be sent again.
   */
  take(items: readonly unknown[], from: EventSource): Promise<readonly EventVerdict[]>;
}

/** network: a unit has its limit. stream: somebody else keeps what is not taken yet, and nothing may be turned away. */
type EventSource = "network" | "stream";

export type EventVerdict =
  | { readonly kind: "accepted"; readonly eventId: string }
  | { readonly kind: "invalid"; readonly problems: readonly EventProblem[] }
  | { readonly kind: "rate_limited" }
  | { readonly kind: "too_large" };

export interface IntakeOptions {
  readonly controller: Pick<Controller, "store" | "clock">;
  /** Of e-mail addresses; see `redact`. */
  readonly salt: string | null;
  readonly observe: (counts: EventCounts) => void;
}

/** accepted are those that were new; `uncounted` says why, of each that is kept and no evidence. */
export interface EventCounts {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly uncounted: readonly string[];
}

export function eventIntake({ controller, salt, observe }: IntakeOptions): EventIntake {
  const { clock } = controller;
  const limit = rateLimit({ perMinute: EVENT_LIMITS.perUnitPerMinute, stopwatch: () => clock.now() });

  function judge(item: unknown, from: EventSource): { readonly event: AcceptedEvent | null; readonly verdict: EventVerdict } {
    const parsed = parseEvent(item, { now: clock.now(), newId: randomUUID, salt });
    if (isProblems(parsed)) return { event: null, verdict: { kind: "invalid", problems: parsed } };
    if (from === "network" && !limit.take(`${parsed.unitType} ${parsed.unitId}`)) return { event: null, verdict: { kind: "rate_limited" } };
    return { event: parsed, verdict: { kind: "accepted", eventId: parsed.id } };
  }

  return {
    async take(items, from) {
      const judged = items.map((item) => judge(item, from));
      const events = judged.flatMap(({ event }) => event ?? []);
      const { added, uncounted }: RecordedEvents = events.length === 0 ? { added: [], uncounted: [] } : await recordEvents(controller, events);
      observe({ accepted: added.length, duplicates: events.length - added.length, rejected: items.length - events.length, uncounted: uncounted.map(({ why }) => why) });
      return judged.map(({ verdict }) => verdict);
    },
  };
}

function isProblems(parsed: AcceptedEvent | readonly EventProblem[]): parsed is readonly EventProblem[] {
  return Array.isArray(parsed);
}
