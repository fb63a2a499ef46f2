import { Failure, type Problem } from "../../failure/failure.ts";
import type { Sha256 } from "../../rating/match/match-hash.ts";
import { configOf, type LedgerRecord } from "../record/ledger-record.ts";
import { parseRecord, wireRecord } from "../record/parse-record.ts";
import { findRecord, insertRecord, totalRoot, type RecordIndex, type Scope } from "../record/record-index.ts";
import { sameRoot, type Root } from "../record/root.ts";
import { PAGE_RECORDS, type Control, type Message, type Roots } from "./message.ts";
import { parseMessage } from "./parse-message.ts";

export interface SessionOptions {
  /** Holds the ledger; records that come are put in here by `proceed`. */
  readonly index: RecordIndex;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** A faster one than the core's own, of the same answers. */
  readonly hash?: Sha256;
}

/** What a message brought. */
export interface Heard {
  /** New records, checked, to be made durable first: where that fails, the session is over and none of them counts. */
  readonly records: readonly LedgerRecord[];
  /** Puts the records into the index, and says what comes next. @throws Failure as `receive` */
  proceed(): SessionStep;
}

/** What one message led to. */
export interface SessionStep {
  readonly send: Message | null;
  /** Not null when this side needs nothing more; `send` is then still to be sent. */
  readonly outcome: SessionOutcome | null;
}

export interface SessionOutcome {
  /** Whether both sides hold the same records now. */
  readonly equal: boolean;
  readonly path: "equal" | "vector" | "sketch" | "bulk";
  readonly sent: number;
  readonly received: number;
  /** Records of the peer that were refused here: the first hundred. */
  readonly rejected: readonly (readonly Problem[])[];
  readonly rejectedCount: number;
  /** Messages of the peer, each of which answered one of ours: round trips, seen from the initiator. */
  readonly answers: number;
}

/** What both sides of a session need; the sides differ in `handle`. */
export interface Conversation {
  readonly options: SessionOptions;
  session: string | null;
  scope: Scope;
  nextIn: number;
  nextOut: number;
  /** The turn that is being heard. */
  hearing: { readonly control: Control; readonly records: number } | null;
  /** Records of our turn, and how many of them were sent; the rest waits for `go_on`. */
  outbox: { readonly records: readonly LedgerRecord[]; readonly sent: number };
  /** How many records this side said that it has: it sends no more, however its ledger grows meanwhile. */
  announced: number;
  /** What may come with the peer's turn. */
  expects: { readonly max: number; readonly ids: ReadonlySet<string> | null };
  /** Ids that came in the turn, and how many records it had. */
  arrived: Set<string>;
  heard: number;
  path: SessionOutcome["path"];
  sent: number;
  received: number;
  inserted: number;
  readonly rejected: (readonly Problem[])[];
  /** What was refused, so that a record that comes again by another way is counted once. */
  readonly refused: Set<string>;
  rejectedCount: number;
  answers: number;
  readonly revision: number;
  state: "open" | "finished" | "failed";
}

/** A turn to speak, whether this side is then finished, and what of it. */
export interface Reply {
  readonly control: Control | null;
  readonly records: readonly LedgerRecord[];
  readonly finished: { readonly equal: boolean } | null;
}

const REJECTED_MAX = 100;

export function newConversation(options: SessionOptions, session: string | null, scope: Scope): Conversation {
  return { options, session, scope, nextIn: 0, nextOut: 0, hearing: null, outbox: { records: [], sent: 0 }, announced: 0, expects: { max: 0, ids: null }, arrived: new Set(), heard: 0, path: "vector", sent: 0, received: 0, inserted: 0, rejected: [], refused: new Set(), rejectedCount: 0, answers: 0, revision: options.index.revision, state: "open" };
}

/**
 * Reads one message and calls `handle` when a turn of the peer is complete. Messages of other sessions and those that
 * came before are passed over; after a gap the session is over and is to be begun again.
 */
export function hear(conversation: Conversation, value: unknown, handle: (control: Control) => Reply): Heard {
  return orFailed(conversation, () => {
    const message = parseMessage(value);
    conversation.session ??= message.session;
    if (message.session !== conversation.session || message.seq < conversation.nextIn || conversation.state === "finished") return { records: [], proceed: () => ({ send: null, outcome: null }) };
    if (message.seq > conversation.nextIn) throw new Failure("conflict", `message ${conversation.nextIn} of the session is missing: ${message.seq} came`, { fix: "begin the session again; what has come is kept" });
    conversation.nextIn++;
    conversation.answers++;
    if (message.kind === "part") return hearPart(conversation, message, handle);
    return { records: [], proceed: () => orFailed(conversation, () => goOn(conversation)) };
  });
}

function orFailed<T>(conversation: Conversation, work: () => T): T {
  if (conversation.state === "failed") throw new Failure("conflict", "the session has failed", { fix: "begin a new one" });
  try {
    return work();
  } catch (error) {
    conversation.state = "failed";
    throw error;
  }
}

export function speak(conversation: Conversation, { control, records, finished }: Reply): SessionStep {
  conversation.outbox = { records, sent: 0 };
  const send = control === null ? null : nextPart(conversation, control);
  if (finished === null) return { send, outcome: null };
  conversation.state = "finished";
  const { path, sent, received, rejected, rejectedCount, answers } = conversation;
  return { send, outcome: { equal: finished.equal, path, sent, received, rejected, rejectedCount, answers } };
}

/** What this side holds now, for the peer to compare. */
export function doneControl(conversation: Conversation): Control {
  const { index } = conversation.options;
  return { kind: "done", root: totalRoot(index, conversation.scope), rejected: conversation.rejectedCount, disturbed: isDisturbed(conversation) };
}

/**
 * Whether both hold the same now.
 *
 * @throws Failure `invalid_input` where they don't and nothing explains it.
 */
export function compareEnds(conversation: Conversation, done: Control & { readonly kind: "done" }): { readonly equal: boolean } {
  const equal = sameRoot(totalRoot(conversation.options.index, conversation.scope), done.root);
  if (!equal && !done.disturbed && !isDisturbed(conversation) && done.rejected === 0 && conversation.rejectedCount === 0) {
    throw new Failure("invalid_input", "the ledgers still differ after everything was exchanged: the peer's digests are not those of its records", { fix: "check the peer's ledger (or rebuild its index) and begin again" });
  }
  return { equal };
}

/** Of records that this side may send unasked. What is left out because the ledger has grown is for the next session. */
export function asAnnounced(conversation: Conversation, records: readonly LedgerRecord[]): readonly LedgerRecord[] {
  return records.length > conversation.announced ? records.slice(0, conversation.announced) : records;
}

export function rootsList(roots: ReadonlyMap<string, Root>): Roots {
  return [...roots].map(([name, { count, digest }]) => [name, count, digest]);
}

export function rootsMap(roots: Roots): ReadonlyMap<string, Root> {
  return new Map(roots.map(([name, count, digest]) => [name, { count, digest }]));
}

/** How many records somebody has, as its roots say. */
export function countOf(roots: Roots): number {
  return roots.reduce((sum, [, count]) => sum + count, 0);
}

export function outOfTurn(control: Control): Failure {
  return new Failure("invalid_input", `the peer's "${control.kind}" does not fit here`, { fix: "check that both nodes run versions that know each other, and begin again" });
}

function hearPart(conversation: Conversation, message: Message & { readonly kind: "part" }, handle: (control: Control) => Reply): Heard {
  if (waits(conversation)) throw new Failure("invalid_input", "the peer speaks before it has heard our turn to its end", { fix: "begin the session again" });
  if ((message.control === null) !== (conversation.hearing !== null)) throw new Failure("invalid_input", "a turn of the peer has no beginning, or two", { fix: "begin the session again" });
  if (message.control !== null) conversation.arrived = new Set();
  const control = (message.control ?? conversation.hearing?.control)!;
  if (message.control?.kind === "answer") conversation.expects = { max: countOf(message.control.origins), ids: null };
  const heard = (conversation.hearing?.records ?? 0) + message.records.length;
  if (heard > conversation.expects.max || (message.more && message.records.length === 0)) throw new Failure("too_large", `the peer sends more records than it has to send (${conversation.expects.max} were expected)`, { fix: "begin the session again; check the peer if it stays so" });
  const records = takeIn(conversation, message.records);
  const proceed = (): SessionStep => {
    for (const record of records) insertRecord(conversation.options.index, record);
    conversation.inserted += records.length;
    if (message.more) {
      conversation.hearing = { control, records: heard };
      return { send: { kind: "go_on", session: conversation.session!, seq: conversation.nextOut++ }, outcome: null };
    }
    conversation.hearing = null;
    conversation.heard = heard;
    return speak(conversation, handle(control));
  };
  return { records, proceed: () => orFailed(conversation, proceed) };
}

function goOn(conversation: Conversation): SessionStep {
  if (!waits(conversation)) throw new Failure("invalid_input", "the peer asks for more of a turn that is over", { fix: "begin the session again" });
  return { send: nextPart(conversation, null), outcome: null };
}

function waits({ outbox }: Conversation): boolean {
  return outbox.sent < outbox.records.length;
}

function nextPart(conversation: Conversation, control: Control | null): Message {
  const { records, sent } = conversation.outbox;
  const page = records.slice(sent, sent + PAGE_RECORDS);
  conversation.outbox = { records, sent: sent + page.length };
  conversation.sent += page.length;
  return { kind: "part", session: conversation.session!, seq: conversation.nextOut++, control, records: page.map(wireRecord), more: waits(conversation) };
}

/** The records of one message that are new here; those that can't be taken are noted and keep no other out. */
function takeIn(conversation: Conversation, values: readonly unknown[]): readonly LedgerRecord[] {
  const { index, now, hash } = conversation.options;
  const context = hash === undefined ? { now } : { now, hash };
  const fresh = new Map<string, LedgerRecord>();
  for (const value of values) {
    const record = parseRecord(value, context);
    if (!("kind" in record)) {
      noteRefused(conversation, JSON.stringify(value), record);
      continue;
    }
    if (conversation.scope !== null && !conversation.scope.includes(configOf(record))) throw new Failure("invalid_input", `the peer sends a record of ${configOf(record)}, which is not asked about`, { fix: "begin the session again; check the peer if it stays so" });
    if (conversation.expects.ids !== null && !conversation.expects.ids.has(record.contentId)) throw new Failure("invalid_input", `the peer sends a record that was not asked for (${record.contentId})`, { fix: "begin the session again; check the peer if it stays so" });
    conversation.received++;
    conversation.arrived.add(record.contentId);
    if (findRecord(index, record.contentId) === null) fresh.set(record.contentId, record);
  }
  return [...fresh.values()];
}

function noteRefused(conversation: Conversation, text: string, problems: readonly Problem[]): void {
  if (conversation.refused.has(text)) return;
  conversation.rejectedCount++;
  if (conversation.rejected.length >= REJECTED_MAX) return;
  conversation.refused.add(text);
  conversation.rejected.push(problems);
}

function isDisturbed({ options, revision, inserted }: Conversation): boolean {
  return options.index.revision !== revision + inserted;
}
