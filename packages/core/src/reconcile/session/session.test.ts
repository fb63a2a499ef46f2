import fc from "fast-check";
import { expect, test } from "vitest";

import { Failure } from "../../failure/failure.ts";
import type { Match } from "../../rating/match/match.ts";
import { recordOfMatch, recordOfTombstone, type LedgerRecord } from "../record/ledger-record.ts";
import { configRoots, createRecordIndex, findRecord, insertRecord, originRoots, recordsIn, removeRecord, totalRoot, type RecordIndex, type Scope } from "../record/record-index.ts";
import { registersOf } from "../register/resolve-register.ts";
import { resolveRegisters } from "../register/merge-matches.ts";
import { beginSession } from "./begin-session.ts";
import type { Message } from "./message.ts";
import { answerSession } from "./answer-session.ts";
import type { SessionOutcome, SessionStep } from "./turn.ts";

const NOW = Date.UTC(2026, 0, 31, 12);

function match(n: number, more: Partial<Match> = {}): LedgerRecord {
  return recordOfMatch({ id: `m-${n}`, players: ["a", "b"], places: [1, 2], board: n % 3 === 0 ? "hex8" : "square8", numPlayers: 2, length: 40, durationMs: null, at: NOW - 10_000_000 + n, origin: `node-${n % 4}`, tournament: null, ...more });
}

const matches = (from: number, to: number): LedgerRecord[] => Array.from({ length: to - from }, (_, i) => match(from + i));

interface Talk {
  readonly ours: SessionOutcome;
  readonly theirs: SessionOutcome;
  readonly bytes: number;
}

/** Two sides talking over a line that loses nothing; every message goes through JSON. */
function sync(ours: RecordIndex, theirs: RecordIndex, { scope = null as Scope, tamper = (message: Message): unknown => message, tamperFirst = (message: Message): unknown => message, between = (): void => undefined } = {}): Talk {
  const near = beginSession({ index: ours, now: NOW, session: "s-1", scope });
  const far = answerSession({ index: theirs, now: NOW, sketchKey: [11, 22] });
  const outcomes: (SessionOutcome | null)[] = [null, null];
  let bytes = 0;
  let message: Message | null = near.first;
  for (let turn = 1; message !== null; turn = 1 - turn) {
    const line: string = JSON.stringify(turn === 0 ? tamper(message) : tamperFirst(message));
    bytes += line.length;
    const step: SessionStep = (turn === 1 ? far : near).receive(JSON.parse(line)).proceed();
    outcomes[turn] ??= step.outcome;
    message = step.send;
    between();
  }
  return { ours: outcomes[0]!, theirs: outcomes[1]!, bytes };
}

test("equal ledgers need one round trip and nothing else", () => {
  const talk = sync(createRecordIndex(matches(0, 100)), createRecordIndex(matches(0, 100).toReversed()));
  expect(talk.ours).toMatchObject({ equal: true, path: "equal", sent: 0, received: 0, answers: 1 });
  expect(talk.theirs).toMatchObject({ equal: true, path: "equal" });
  expect(sync(createRecordIndex(), createRecordIndex()).ours).toMatchObject({ equal: true, path: "equal" });
});

test.each([
  ["only the newest of some origins are missing on one side", matches(0, 300), matches(0, 340), "vector", 40, 1],
  ["only the newest are missing on the other side", matches(0, 340), matches(0, 300), "vector", 40, 2],
  ["each has newest ones that the other lacks", [...matches(0, 300), ...[304, 308].map((n) => match(n))], [...matches(0, 300), ...[305, 309].map((n) => match(n))], "vector", 4, 2],
  ["one has nothing", [], matches(0, 2000), "vector", 2000, 4],
  ["one in the middle is missing here", matches(0, 300).toSpliced(150, 1), matches(0, 300), "sketch", 1, 2],
  ["one in the middle is missing there", matches(0, 300), matches(0, 300).toSpliced(150, 1), "sketch", 1, 3],
  ["one is another version", [...matches(0, 300), match(5, { length: 41 })], [...matches(0, 300), match(5, { length: 42 })], "sketch", 2, 2],
  ["many in the middle are missing on both sides", matches(0, 3000).filter((_, i) => i % 7 !== 3), matches(0, 3000).filter((_, i) => i % 11 !== 3), "sketch", 0, 0],
  ["they have hardly anything in common", matches(0, 3000), matches(2900, 3300), "bulk", 0, 0],
])("%s", (_, ours, theirs, path, moved, answers) => {
  const [near, far] = [createRecordIndex(ours), createRecordIndex(theirs)];
  const talk = sync(near, far);
  expect(talk.ours).toMatchObject({ equal: true, path, rejectedCount: 0 });
  expect(talk.theirs.equal).toBe(true);
  expect(totalRoot(near, null)).toEqual(totalRoot(far, null));
  expect(totalRoot(near, null)).toEqual(totalRoot(createRecordIndex([...theirs, ...ours]), null));
  if (moved > 0) expect([talk.ours.sent + talk.ours.received, talk.ours.answers]).toEqual([moved, answers]);
});

test("only what is in scope is spoken of", () => {
  const [near, far] = [createRecordIndex(matches(0, 60)), createRecordIndex(matches(30, 90))];
  expect(sync(near, far, { scope: ["hex8_2p"] }).ours.equal).toBe(true);
  expect(configRoots(near, ["hex8_2p"])).toEqual(configRoots(far, ["hex8_2p"]));
  expect(configRoots(near, ["square8_2p"])).toEqual(configRoots(createRecordIndex(matches(0, 60)), ["square8_2p"]));
});

test("a record that is refused here, as its instant lies ahead, is reported, and the rest comes", () => {
  const [near, far] = [createRecordIndex(matches(0, 10)), createRecordIndex([...matches(0, 20), match(21, { at: NOW + 400_000 })])];
  const { ours, theirs } = sync(near, far);
  expect(ours).toMatchObject({ equal: false, rejectedCount: 1, rejected: [[{ pointer: "/match/at" }]] });
  expect(theirs.equal).toBe(false);
  expect([...recordsIn(near, null)]).toHaveLength(20);
});

test("ledgers that grow while the two talk: it ends, and the next session makes them equal", () => {
  const [near, far] = [createRecordIndex(matches(0, 3000).filter((_, i) => i % 5 !== 3)), createRecordIndex(matches(0, 3000).filter((_, i) => i % 6 !== 1))];
  let n = 9000;
  sync(near, far, { between: () => void (n < 9040 && insertRecord(n % 2 === 0 ? near : far, match(n++, { at: NOW - 20_000_000 }))) });
  expect(sync(near, far).ours.equal).toBe(true);
  expect([...recordsIn(near, null)]).toHaveLength([...recordsIn(far, null)].length);
});

test("ledgers that grow while everything is sent: no side sends more than it announced, and the next session makes them equal", () => {
  const [near, far] = [createRecordIndex(matches(0, 1200)), createRecordIndex(matches(5000, 6100))];
  let n = 20_000;
  const talk = sync(near, far, { between: () => void (n < 29_000 && Array.from({ length: 300 }, () => insertRecord(n % 2 === 0 ? near : far, match(n++, { at: NOW - 20_000_000 })))) });
  expect(talk.ours).toMatchObject({ path: "bulk", equal: false, sent: 1200, received: 1100 });
  expect(sync(near, far).ours.equal).toBe(true);
});

// Of what the far side says, to the near side.
test.each<[string, (message: Message) => unknown, RegExp]>([
  ["a record not asked for", (m) => (m.kind === "part" && m.control?.kind === "done" ? { ...m, records: [{ match: (match(777) as { match: Match }).match }] } : m), /was not asked for/],
  ["more records than it has", (m) => (m.kind === "part" && m.control?.kind === "answer" ? { ...m, records: Array.from({ length: 400 }, () => null) } : m), /more records than/],
  ["equal, when it is not", (m) => (m.kind === "part" && m.control?.kind === "answer" ? { ...m, control: { ...m.control, next: "equal" } } : m), /digests say that they are not/],
  ["a root that is not of its records", (m) => (m.kind === "part" && m.control?.kind === "done" ? { ...m, control: { ...m.control, root: { count: 300, digest: "f".repeat(32) } } } : m), /still differ/],
  ["symbols of no set", (m) => (m.kind === "part" && m.control?.kind === "answer" && m.control.symbols !== null ? { ...m, control: { ...m.control, symbols: { ...m.control.symbols, text: poison(m.control.symbols.text) } } } : m), /symbols are those of no set|does not fit|poison|more of a turn/],
  ["an endless turn", (m) => ({ ...m, records: [], more: true }), /more records than/],
  ["a gap", (m) => ({ ...m, seq: m.seq + 1 }), /is missing/],
  ["nonsense", () => ({ kind: "part" }), /can't be read/],
  ["an array", () => [], /must be a JSON object/],
  ["a control that does not fit", (m) => ({ ...m, control: { kind: "want", ids: "" } }), /does not fit here/],
])("a peer that says %s is found out", (_, tamper, message) => {
  const near = createRecordIndex(matches(0, 300).toSpliced(150, 1));
  expect(() => sync(near, createRecordIndex(matches(0, 300)), { tamper })).toThrow(Failure);
  expect(() => sync(createRecordIndex(matches(0, 300).toSpliced(150, 1)), createRecordIndex(matches(0, 300)), { tamper })).toThrow(message);
  expect([...recordsIn(near, null)].length).toBeLessThanOrEqual(300);
});

// Of what the near side says, to the far one.
test.each<[string, (message: Message) => unknown, RegExp]>([
  ["another version of the protocol", (m) => (m.kind === "part" && m.control?.kind === "hello" ? { ...m, control: { ...m.control, version: 2 } } : m), /speaks version 2/],
  ["hello twice", (m) => (m.seq > 0 ? { ...m, control: { kind: "hello", version: 1, scope: null, configs: [], origins: [] } } : m), /"hello" does not fit/],
  ["no hello", (m) => ({ ...m, control: { kind: "bulk" } }), /"bulk" does not fit/],
  ["that it wants what is not here", (m) => (m.seq > 0 ? { ...m, control: { kind: "want", ids: "A".repeat(22) } } : m), /is not held here/],
  ["that it wants no ids", (m) => (m.seq > 0 ? { ...m, control: { kind: "want", ids: "A" } } : m), /"want" does not fit/],
  ["that it asks for symbols without end", (m) => (m.seq > 0 ? { ...m, control: { kind: "ask", from: 1e9, to: 2e9 } } : m), /asks for symbols/],
  ["go_on after our turn", (m) => (m.seq > 0 ? { kind: "go_on", session: m.session, seq: m.seq } : m), /a turn that is over/],
  ["more than it has", (m) => (m.seq > 0 ? { ...m, records: Array.from({ length: 301 }, () => null) } : m), /more records than/],
  ["records of another scope", (m) => (m.kind === "part" && m.control?.kind === "hello" ? { ...m, control: { ...m.control, scope: ["hex8_2p"] } } : { ...m, records: [{ match: (match(778) as { match: Match }).match }] }), /is not asked about/],
])("a beginner that says %s is found out", (_, tamper, message) => {
  const far = createRecordIndex(matches(0, 300));
  expect(() => sync(createRecordIndex(matches(0, 300).toSpliced(150, 1)), far, { tamperFirst: tamper })).toThrow(message);
  expect(totalRoot(far, null)).toEqual(totalRoot(createRecordIndex(matches(0, 300)), null));
});

test("whatever JSON either side is told, it answers or refuses with a Failure", () => {
  const control = fc.oneof(fc.jsonValue(), fc.record({ kind: fc.constantFrom("hello", "answer", "ask", "symbols", "want", "bulk", "done"), version: fc.constant(1), scope: fc.constant(null), configs: fc.constantFrom([], [["square8_2p", 3, "0".repeat(32)]]), origins: fc.constantFrom([], [["node-1", 3, "0".repeat(32)]]), next: fc.constantFrom("equal", "vector", "sketch", "bulk"), symbols: fc.constant(null), from: fc.nat(40), to: fc.nat(80), ids: fc.constantFrom("", "A".repeat(22)), root: fc.constant({ count: 1, digest: "1".repeat(32) }), rejected: fc.nat(3), disturbed: fc.boolean() }));
  const message = fc.record({ kind: fc.constantFrom("part", "go_on"), session: fc.constant("s"), seq: fc.nat(2), control, records: fc.constantFrom([], [null], [{ match: (match(5) as { match: Match }).match }]), more: fc.boolean() });
  fc.assert(
    fc.property(fc.array(fc.oneof(message, fc.jsonValue()), { maxLength: 4 }), fc.boolean(), (messages, first) => {
      const index = createRecordIndex(matches(0, 20));
      const side = first ? beginSession({ index, now: NOW, session: "s", scope: null }) : answerSession({ index, now: NOW, sketchKey: [1, 2] });
      for (const each of messages) {
        try {
          side.receive(each).proceed();
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }
      expect([...recordsIn(index, null)]).toHaveLength(20);
    }),
    { numRuns: 500 },
  );
});

/** Turns a bit of the first symbol's id. */
function poison(text: string): string {
  return (text.startsWith("A") ? "Q" : "A") + text.slice(1);
}

test("digests and sketches follow insertions and removals", () => {
  const pool = [...matches(0, 12), recordOfTombstone({ matchId: "m-1", version: null, board: "hex8", numPlayers: 2, at: NOW, origin: "node-9", reason: "purge" })];
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(pool.length - 1)), { maxLength: 40 }), (steps) => {
      const index = createRecordIndex();
      const held = new Set<LedgerRecord>();
      for (const [put, n] of steps) {
        const record = pool[n]!;
        expect(put ? insertRecord(index, record) : removeRecord(index, record)).toBe(put !== held.has(record));
        if (put) held.add(record);
        else held.delete(record);
      }
      const anew = createRecordIndex([...held].toReversed());
      expect([totalRoot(index, null), configRoots(index, null), originRoots(index, null)]).toEqual([totalRoot(anew, null), configRoots(anew, null), originRoots(anew, null)]);
      for (const record of pool) expect(findRecord(index, record.contentId)).toEqual(held.has(record) ? record : null);
    }),
  );
});

/**
 * Nodes in any topology, over lines that cut, double and delay messages; what is delayed comes in the middle of a later
 * session. A session that is cut is begun again.
 */
function chaos(seed: number): void {
  const random = generator(seed);
  const size = 2 + random(4);
  const nodes = Array.from({ length: size }, (_, node) => createRecordIndex(matches(0, 200).filter(() => random(10) < [10, 7, 0, 9][(node + seed) % 4]!)));
  const everything = createRecordIndex(nodes.flatMap((node) => [...recordsIn(node, null)]));
  const late: string[] = [];
  let sessions = 0;
  const talk = (left: RecordIndex, right: RecordIndex, calm: boolean): void => {
    const near = beginSession({ index: left, now: NOW, session: `s-${sessions++}`, scope: null });
    const far = answerSession({ index: right, now: NOW, sketchKey: [seed, 7] });
    const lines: [to: 0 | 1, line: string][] = [[1, JSON.stringify(near.first)]];
    for (let next = lines.shift(); next !== undefined; next = lines.shift()) {
      const [to, line] = next;
      const luck = calm ? 99 : random(60);
      if (luck === 0) return;
      if (luck === 1) lines.push(next);
      if (luck === 2) late.push(line);
      if (luck === 3 && late.length > 0) lines.unshift([to, late[random(late.length)]!]);
      try {
        const { send } = (to === 1 ? far : near).receive(JSON.parse(line)).proceed();
        if (send !== null) lines.push([to === 1 ? 0 : 1, JSON.stringify(send)]);
      } catch (error) {
        // A late message of another session can only reach a responder that has not heard its own first one yet.
        expect(error).toBeInstanceOf(Failure);
        return;
      }
    }
  };
  // A random tree keeps them connected.
  const edges = Array.from({ length: size - 1 }, (_, i) => [i + 1, random(i + 1)] as const);
  for (let round = 0; round < 8; round++) for (const [a, b] of edges) {
    const [from, to] = random(2) === 0 ? [a, b] : [b, a];
    talk(nodes[from]!, nodes[to]!, false);
  }
  for (let round = 0; round < size; round++) for (const [a, b] of edges) talk(nodes[a]!, nodes[b]!, true);
  for (const node of nodes) {
    expect(totalRoot(node, null)).toEqual(totalRoot(everything, null));
    expect(resolveRegisters(registersOf(recordsIn(node, null)), "last_write_wins")).toEqual(resolveRegisters(registersOf(recordsIn(everything, null)), "last_write_wins"));
  }
}

test("I18: 60 seeds of cut, doubled and delayed messages end in equal digests and equal conflicts", () => {
  for (let seed = 0; seed < 60; seed++) chaos(seed);
}, 120_000);

function generator(seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 0x9e3779b9) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
