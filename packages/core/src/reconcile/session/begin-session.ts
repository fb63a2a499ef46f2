import { Failure } from "../../failure/failure.ts";
import { configOf, type LedgerRecord } from "../record/ledger-record.ts";
import { configRoots, findRecord, originRoots, recordsIn, symbolsOfConfigs, type Scope } from "../record/record-index.ts";
import { sameRoot } from "../record/root.ts";
import { createDecoder } from "../sketch/decoder.ts";
import { SYMBOL_WORDS } from "../sketch/sketch.ts";
import { idsText, symbolsOfText } from "../sketch/words-text.ts";
import { distanceTo, isFarApart, symbolsMax, symbolsUpTo } from "./distance.ts";
import { PROTOCOL_VERSION, WANTED_MAX, type Control, type Message, type Symbols } from "./message.ts";
import { asAnnounced, compareEnds, countOf, doneControl, hear, newConversation, outOfTurn, rootsList, rootsMap, speak, type Conversation, type Heard, type Reply, type SessionOptions } from "./turn.ts";

export interface InitiatorOptions extends SessionOptions {
  /** At most 64 characters, another one for every session. */
  readonly session: string;
  readonly scope: Scope;
}

interface Initiator {
  readonly talk: Conversation;
  awaits: "answer" | "symbols" | "wanted" | "done";
  decoder: ReturnType<typeof createDecoder> | null;
  decoderRevision: number;
  read: number;
  /** Beginnings of a decoder, a few of which are borne when ledgers change meanwhile. */
  begun: number;
  records: number;
  theirCount: number;
  /** Ids still to be asked for. */
  wanted: readonly string[];
}

const BEGINNINGS_MAX = 8;

/**
 * The side that begins a session: `first` is to be sent, `receive` takes each answer, parsed from JSON. Cut off at any
 * message, a new session goes on with what came so far.
 *
 * @throws Failure from `receive`: the session is over, what came before is good; `conflict` after a lost message,
 * `too_large` or `invalid_input` when the peer says what can't be.
 */
export function beginSession(options: InitiatorOptions): { readonly first: Message; receive(message: unknown): Heard } {
  const talk = newConversation(options, options.session, options.scope);
  const initiator: Initiator = { talk, awaits: "answer", decoder: null, decoderRevision: -1, read: 0, begun: 0, records: 0, theirCount: 0, wanted: [] };
  const { index } = options;
  const hello: Control & { readonly kind: "hello" } = { kind: "hello", version: PROTOCOL_VERSION, scope: options.scope, configs: rootsList(configRoots(index, options.scope)), origins: rootsList(originRoots(index, options.scope)) };
  talk.announced = countOf(hello.origins);
  const { send } = speak(talk, { control: hello, records: [], finished: null });
  return { first: send as Message, receive: (message) => hear(talk, message, (control) => handle(initiator, control)) };
}

function handle(initiator: Initiator, control: Control): Reply {
  const { talk, awaits } = initiator;
  if (control.kind === "answer" && awaits === "answer") return onAnswer(initiator, control);
  if (control.kind === "symbols" && awaits === "symbols") return onSymbols(initiator, control.symbols);
  if (control.kind === "done" && awaits === "wanted") {
    if (initiator.wanted.length > 0) return want(initiator, []);
    return { control: doneControl(talk), records: [], finished: compareEnds(talk, control) };
  }
  if (control.kind === "done" && awaits === "done") return { control: null, records: [], finished: compareEnds(talk, control) };
  throw outOfTurn(control);
}

function onAnswer(initiator: Initiator, answer: Control & { readonly kind: "answer" }): Reply {
  const { talk } = initiator;
  const { index } = talk.options;
  const theirs = rootsMap(answer.origins);
  initiator.theirCount = countOf(answer.origins);
  if (answer.next === "equal") {
    const mine = originRoots(index, talk.scope);
    const equal = [...new Set([...mine.keys(), ...theirs.keys()])].every((origin) => sameRoot(mine.get(origin), theirs.get(origin)));
    if (!equal && index.revision === talk.revision) throw new Failure("invalid_input", "the peer says that the ledgers are equal, and its digests say that they are not", { fix: "begin the session again; check the peer if it stays so" });
    talk.path = "equal";
    return { control: null, records: [], finished: { equal } };
  }
  const distance = distanceTo(index, talk.scope, theirs);
  initiator.records = distance.records;
  if (answer.next === "bulk") return bulk(initiator);
  if (answer.next === "sketch") {
    if (answer.symbols === null) throw outOfTurn(answer);
    return onSymbols(initiator, answer.symbols);
  }
  const differs = distance.unresolved + distance.theirTurn > 0;
  if (!differs && distance.newest.length === 0) return { control: doneControl(talk), records: [], finished: { equal: true } };
  if (!differs) return toEnd(initiator, distance.newest);
  return isFarApart(distance) ? bulk(initiator) : ask(initiator, symbolsUpTo(0, distance.differencesMin), distance.newest);
}

function onSymbols(initiator: Initiator, symbols: Symbols): Reply {
  const { talk } = initiator;
  const { index } = talk.options;
  const { configs, key, from, count } = symbols;
  talk.path = "sketch";
  if (configs.some((config) => talk.scope !== null && !talk.scope.includes(config))) throw outOfTurn({ kind: "symbols", symbols });
  if (from === 0) {
    if (++initiator.begun > BEGINNINGS_MAX) return bulk(initiator);
    const holds = (id: string): boolean => {
      const record = findRecord(index, id);
      return record !== null && configs.includes(configOf(record));
    };
    initiator.decoder = createDecoder({ key, symbolsMax: symbolsMax(initiator.records), holds });
    initiator.decoderRevision = index.revision;
    initiator.read = 0;
  } else if (initiator.decoderRevision !== index.revision) return ask(initiator, symbolsUpTo(0), []);
  const theirs = symbolsOfText(symbols.text, count);
  if (theirs === null || count === 0 || from !== initiator.read || initiator.decoder === null) throw outOfTurn({ kind: "symbols", symbols });
  const decoding = initiator.decoder.read(theirs, symbolsOfConfigs(index, configs, { key, from, to: from + count }));
  initiator.read += theirs.length / SYMBOL_WORDS;
  switch (decoding.kind) {
    case "more":
      return initiator.read >= symbolsMax(initiator.records) ? bulk(initiator) : ask(initiator, symbolsUpTo(initiator.read), []);
    case "gave_up":
      return bulk(initiator);
    case "done":
      initiator.wanted = decoding.theirs;
      return want(initiator, asAnnounced(talk, decoding.ours.map((id) => findRecord(index, id)!)));
  }
}

function ask(initiator: Initiator, to: number, records: readonly LedgerRecord[]): Reply {
  initiator.awaits = "symbols";
  initiator.talk.expects = { max: 0, ids: null };
  const stale = initiator.decoder === null || initiator.decoderRevision !== initiator.talk.options.index.revision;
  return { control: { kind: "ask", from: stale ? 0 : initiator.read, to }, records: asAnnounced(initiator.talk, records), finished: null };
}

function want(initiator: Initiator, records: readonly LedgerRecord[]): Reply {
  const ids = initiator.wanted.slice(0, WANTED_MAX);
  initiator.wanted = initiator.wanted.slice(WANTED_MAX);
  initiator.awaits = "wanted";
  initiator.talk.expects = { max: ids.length, ids: new Set(ids) };
  return { control: { kind: "want", ids: idsText(ids) }, records, finished: null };
}

function bulk(initiator: Initiator): Reply {
  const { talk } = initiator;
  initiator.awaits = "wanted";
  initiator.wanted = [];
  talk.path = "bulk";
  talk.expects = { max: initiator.theirCount, ids: null };
  return { control: { kind: "bulk" }, records: asAnnounced(talk, [...recordsIn(talk.options.index, talk.scope)]), finished: null };
}

function toEnd(initiator: Initiator, records: readonly LedgerRecord[]): Reply {
  initiator.awaits = "done";
  initiator.talk.expects = { max: 0, ids: null };
  return { control: doneControl(initiator.talk), records: asAnnounced(initiator.talk, records), finished: null };
}
