import { beginWatching, checkMonitor, configKey, Failure, nearest, ratingReading, type CheckOutcome, type MonitorCheck, type MonitorRules, type MonitorState, type PolicyMode, type RatingFacts } from "@gauntlet/core";

import type { Clock } from "../ports/clock.ts";
import type { MonitorStore } from "../ports/monitor-store.ts";
import type { MatchLedger } from "../matches/match-ledger.ts";
import { deliveriesOf, type HookNames } from "../hooks/deliveries-of.ts";
import { ratingFactsOf } from "./rating-facts-of.ts";

export interface ParticipantCheck {
  readonly board: string;
  readonly numPlayers: number;
  readonly participant: string;
  /** What it is held against; null: nobody. */
  readonly previous: string | null;
  readonly baselineElo: number | null;
  readonly mode: PolicyMode;
  /** In mode `notify`: nobody is rolled back by a question. */
  readonly rules: MonitorRules;
}

export interface ParticipantResult {
  /** Of this check, or where nothing was new, of the newest that there is; null when there is none. */
  readonly check: MonitorCheck | null;
  /** What became of this question. */
  readonly outcome: CheckOutcome;
  readonly facts: RatingFacts;
  readonly state: MonitorState;
}

interface Asking {
  readonly monitor: Pick<MonitorStore, "read" | "save" | "checks">;
  readonly clock: Clock;
  readonly hooks: HookNames;
  readonly ledger: MatchLedger;
}

function participantSubject({ board, numPlayers, participant }: Pick<ParticipantCheck, "board" | "numPlayers" | "participant">): string {
  return `participant:${configKey({ board, numPlayers })}:${participant}`;
}

/**
 * A question about one participant of the matches, by hand or from a training loop. Its checks are remembered: the same
 * question again counts only with new matches, in whatever process it is asked.
 * @throws Failure `not_found` for a participant without matches; `ledger_conflict` when two asked at once.
 */
export async function checkParticipant({ monitor, clock, hooks, ledger }: Asking, query: ParticipantCheck): Promise<ParticipantResult> {
  await ledger.refresh();
  const { board, numPlayers, participant, previous, mode, rules } = query;
  const config = configKey({ board, numPlayers });
  for (const id of [participant, previous]) if (id !== null) requireKnown(ledger, config, id);
  const subject = participantSubject(query);
  const stored = await monitor.read(subject);
  const at = clock.now();
  const before = stored?.state ?? beginWatching({ model: config, watched: participant, from: participant, to: previous, since: 0 });
  const facts = ratingFactsOf(ledger, { ...query, since: 0 });
  const step = checkMonitor(rules, { ...before, to: previous }, ratingReading(facts, { rules, mode, at }));
  if (step.check !== null) await monitor.save({ subject, expect: stored?.revision ?? 0, fence: null, at, state: step.state, check: step.check, deliveries: deliveriesOf(subject, step.events, hooks) });
  return { check: step.check ?? (await monitor.checks(subject, 1))[0] ?? null, outcome: step.outcome, facts, state: step.state };
}

/** A participant that nobody met is a mistake, never one of 1500 points. */
export function requireKnown(ledger: Pick<MatchLedger, "counts">, config: string, participant: string): void {
  const { participants } = ledger.counts(config);
  if (participants.includes(participant)) return;
  const meant = nearest(participant, participants);
  throw new Failure("not_found", `there is no match of "${participant}" in ${config}`, { fix: meant === null ? "name a participant of these matches, with its board and number of players" : `did you mean "${meant}"?` });
}
