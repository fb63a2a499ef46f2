import { Failure } from "../../failure/failure.ts";
import type { LedgerRecord } from "../record/ledger-record.ts";
import { configRoots, findRecord, originRoots, recordsIn, symbolsOfConfigs } from "../record/record-index.ts";
import { sameRoot } from "../record/root.ts";
import type { SketchKey } from "../sketch/keyed-hash.ts";
import { idsOfText, symbolsText } from "../sketch/words-text.ts";
import { distanceTo, isFarApart, symbolsMax, symbolsUpTo } from "./distance.ts";
import { CHUNK_SYMBOLS, PROTOCOL_VERSION, type Control, type Symbols } from "./message.ts";
import { asAnnounced, compareEnds, countOf, doneControl, hear, newConversation, outOfTurn, rootsList, rootsMap, type Conversation, type Heard, type Reply, type SessionOptions } from "./turn.ts";

export interface ResponderOptions extends SessionOptions {
  /** This node's own, known to its peers only while they talk; keep it, so that sketches are kept too. */
  readonly sketchKey: SketchKey;
}

interface Responder {
  readonly talk: Conversation;
  readonly sketchKey: SketchKey;
  configs: readonly string[];
  records: number;
  /** The ledger that the symbols sent so far are of. */
  sketchRevision: number;
  doneSent: boolean;
}

/**
 * The answering side of a session, which lives for one of them. `receive` takes a message of the peer as it came,
 * parsed from JSON.
 *
 * @throws Failure from `receive`: the session is over, what came before is good; `conflict` after a lost message,
 * `too_large` or `invalid_input` when the peer says what can't be.
 */
export function answerSession(options: ResponderOptions): { receive(message: unknown): Heard } {
  const responder: Responder = { talk: newConversation(options, null, null), sketchKey: options.sketchKey, configs: [], records: 0, sketchRevision: -1, doneSent: false };
  return { receive: (message) => hear(responder.talk, message, (control) => handle(responder, control)) };
}

function handle(responder: Responder, control: Control): Reply {
  if ((responder.talk.nextIn === 1) !== (control.kind === "hello")) throw outOfTurn(control);
  switch (control.kind) {
    case "hello":
      return answer(responder, control);
    case "ask":
      return { control: { kind: "symbols", symbols: symbolsFor(responder, control) }, records: [], finished: null };
    case "want":
      return done(responder, requireRecords(responder, control));
    case "bulk": {
      const { talk } = responder;
      talk.path = "bulk";
      return done(responder, asAnnounced(talk, [...recordsIn(talk.options.index, talk.scope)].filter(({ contentId }) => !talk.arrived.has(contentId))));
    }
    case "done": {
      // After our own `done`, or without records, the peer only confirms; otherwise it waits for ours.
      const finished = compareEnds(responder.talk, control);
      return { control: responder.doneSent || responder.talk.heard === 0 ? null : doneControl(responder.talk), records: [], finished };
    }
    case "answer":
    case "symbols":
      throw outOfTurn(control);
  }
}

function answer(responder: Responder, hello: Control & { readonly kind: "hello" }): Reply {
  const { talk } = responder;
  const { index } = talk.options;
  if (hello.version !== PROTOCOL_VERSION) throw new Failure("invalid_input", `the peer speaks version ${hello.version} of the protocol, this node ${PROTOCOL_VERSION}`, { fix: "bring both nodes to one version" });
  talk.scope = hello.scope;
  const [theirConfigs, theirOrigins] = [rootsMap(hello.configs), rootsMap(hello.origins)];
  const configs = configRoots(index, talk.scope);
  const roots = { configs: rootsList(configs), origins: rootsList(originRoots(index, talk.scope)) };
  talk.announced = countOf(roots.origins);
  responder.configs = [...new Set([...configs.keys(), ...theirConfigs.keys()])].filter((config) => !sameRoot(configs.get(config), theirConfigs.get(config)));
  if (responder.configs.length === 0) {
    talk.path = "equal";
    return { control: { kind: "answer", ...roots, next: "equal", symbols: null }, records: [], finished: { equal: true } };
  }
  const distance = distanceTo(index, talk.scope, theirOrigins);
  responder.records = distance.records;
  // At every later turn the peer sends at most what it said it has.
  talk.expects = { max: countOf(hello.origins), ids: null };
  if (isFarApart(distance)) return { control: { kind: "answer", ...roots, next: "bulk", symbols: null }, records: [], finished: null };
  if (distance.theirTurn > 0 || distance.unresolved === 0) return { control: { kind: "answer", ...roots, next: "vector", symbols: null }, records: distance.newest, finished: null };
  const symbols = symbolsFor(responder, { from: 0, to: symbolsUpTo(0, distance.differencesMin) });
  return { control: { kind: "answer", ...roots, next: "sketch", symbols }, records: distance.newest, finished: null };
}

/** From the beginning, where the ledger has changed since the first of them. */
function symbolsFor(responder: Responder, asked: { readonly from: number; readonly to: number }): Symbols {
  const { talk, configs, sketchKey: key } = responder;
  const { index } = talk.options;
  talk.path = "sketch";
  const from = index.revision === responder.sketchRevision ? asked.from : 0;
  responder.sketchRevision = index.revision;
  const to = Math.min(asked.to, from + CHUNK_SYMBOLS);
  if (to <= from || to > symbolsMax(responder.records) + CHUNK_SYMBOLS) throw new Failure("invalid_input", `the peer asks for symbols ${asked.from} to ${asked.to}`, { fix: "begin the session again; check the peer if it stays so" });
  return { configs, key, from, count: to - from, text: symbolsText(symbolsOfConfigs(index, configs, { key, from, to })) };
}

function done(responder: Responder, records: readonly LedgerRecord[]): Reply {
  responder.doneSent = true;
  return { control: doneControl(responder.talk), records, finished: null };
}

function requireRecords({ talk }: Responder, control: Control & { readonly kind: "want" }): readonly LedgerRecord[] {
  const ids = idsOfText(control.ids);
  if (ids === null) throw outOfTurn(control);
  return ids.map((contentId) => {
    const record = findRecord(talk.options.index, contentId);
    if (record !== null) return record;
    throw new Failure("invalid_input", `the peer wants the record ${contentId}, which is not held here`, { fix: "begin the session again; check the peer if it stays so" });
  });
}
