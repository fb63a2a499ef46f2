import { answerSession, Failure, type Message, type Sha256, type SketchKey } from "@gauntlet/core";

import type { SyncLedger } from "./sync-ledger.ts";
import { takeRecords } from "./take-records.ts";

export interface ShelfOptions {
  readonly ledger: SyncLedger;
  /** This node's own, kept while the process lives, so that sketches are kept too. */
  readonly sketchKey: SketchKey;
  readonly now: () => number;
  /** A faster SHA-256 than the core's own. */
  readonly hash?: Sha256;
  /** Sessions at once; what they keep is small, but not nothing. */
  readonly sessionsMax?: number;
  /** A session whose peer has been silent so long is forgotten; the peer begins another. */
  readonly silenceMs?: number;
}

/** The answering side of any number of sessions. */
export interface SessionShelf {
  /**
   * The answer to a peer's message, or null when it needs none; records that came are durable by then. Messages of one
   * session are answered one after another. `owner` is who sends: nobody else can go on with the session.
   * @throws Failure after which the session is over: `conflict` for one that is not under way (any more), `rate_limited`, and as `answerSession`
   */
  receive(owner: string, message: unknown): Promise<Message | null>;
}

interface Session {
  readonly side: ReturnType<typeof answerSession>;
  last: Promise<unknown>;
  heardAt: number;
}

const SESSIONS_MAX = 64;
const SILENCE_MS = 120_000;

export function sessionShelf({ ledger, sketchKey, now, hash, sessionsMax = SESSIONS_MAX, silenceMs = SILENCE_MS }: ShelfOptions): SessionShelf {
  const sessions = new Map<string, Session>();

  async function sessionOf(key: string, message: Fields): Promise<Session> {
    const at = now();
    for (const [name, { heardAt }] of sessions) if (at - heardAt > silenceMs) sessions.delete(name);
    const present = sessions.get(key);
    if (present !== undefined) return present;
    if (message["seq"] !== 0) throw new Failure("conflict", "this session is not under way here (any more)", { fix: "begin another; what has come is kept" });
    if (sessions.size >= sessionsMax) throw new Failure("rate_limited", `${sessions.size} sessions are under way`, { fix: "try again in a minute" });
    const session: Session = { side: answerSession({ index: ledger.index(), now: at, sketchKey, ...(hash === undefined ? {} : { hash }) }), last: ledger.refresh(), heardAt: at };
    sessions.set(key, session);
    return session;
  }

  async function answer(session: Session, message: unknown): Promise<{ readonly send: Message | null; readonly over: boolean }> {
    const heard = session.side.receive(message);
    await takeRecords(ledger, heard.records);
    const { send, outcome } = heard.proceed();
    session.heardAt = now();
    // With something to send, the peer may still have to confirm.
    return { send, over: outcome !== null && send === null };
  }

  return {
    async receive(owner, message) {
      const fields = fieldsOf(message);
      const key = JSON.stringify([owner, fields["session"]]);
      const session = await sessionOf(key, fields);
      const next = session.last.then(() => answer(session, message));
      session.last = next.catch(() => undefined);
      try {
        const { send, over } = await next;
        if (over) sessions.delete(key);
        return send;
      } catch (error) {
        sessions.delete(key);
        throw error;
      }
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(message: unknown): Fields {
  const fields = message as Fields;
  if (typeof message !== "object" || message === null || typeof fields["session"] !== "string" || fields["session"].length > 64) throw new Failure("invalid_input", "a message of a session is a JSON object with the session's name", { fix: "send what `gauntlet sync` sends" });
  return fields;
}
