import { Failure, recordOfMatch, recordOfTombstone } from "@gauntlet/core";
import type { LedgerRecord, Match } from "@gauntlet/core";
import { matchStoreConformance } from "@gauntlet/controller/testing";
import fc from "fast-check";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

import { decodeFrame, encodeFrame, recordsOf } from "./frame.ts";
import { openMatchSegments } from "./open-match-segments.ts";
import type { MatchSegments, MatchSegmentsOptions, TornTail } from "./open-match-segments.ts";

const root = mkdtempSync(join(tmpdir(), "gauntlet-segments-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
const newFolder = (): string => join(root, String(++count));

function open(folder: string, some: Partial<MatchSegmentsOptions> = {}): Promise<MatchSegments> {
  return openMatchSegments({ folder, mode: "exclusive", holder: "test", ...some });
}

matchStoreConformance("the segment store", async () => {
  const folder = newFolder();
  let present = await open(folder, { fileBytesMax: 2000 });
  return {
    store: present,
    reopen: async () => {
      await present.close();
      present = await open(folder, { fileBytesMax: 2000 });
      return present;
    },
    another: null,
    close: () => present.close(),
  };
});

const NOTHING_32 = 0xff_ff_ff_ff;
const text = fc.oneof(fc.string({ minLength: 1, maxLength: 8 }), fc.constantFrom("é", "😀 x", "NULL", "a\\b\"c"));
const amount = fc.option(fc.oneof(fc.nat(5000), fc.constantFrom(NOTHING_32 - 1, NOTHING_32, Number.MAX_SAFE_INTEGER)), { nil: null });
const record: fc.Arbitrary<LedgerRecord> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ id: text, seats: fc.array(fc.tuple(text, fc.integer({ min: 1, max: 64 })), { minLength: 2, maxLength: 6 }), board: text, numPlayers: fc.oneof(fc.integer({ min: 2, max: 8 }), fc.constant(2 ** 40)), length: amount, durationMs: amount, at: fc.maxSafeNat(), origin: text, tournament: fc.option(text, { nil: null }) }).map(({ seats, ...rest }) => recordOfMatch({ ...rest, players: seats.map(([player]) => player), places: seats.map(([, place]) => place) })) },
  { weight: 1, arbitrary: fc.record({ matchId: text, version: fc.constant(null), board: text, numPlayers: fc.integer({ min: 2, max: 8 }), at: fc.maxSafeNat(), origin: text, reason: text }).map(recordOfTombstone) },
);

test("any records come out of a frame as they went in, from any place", () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), fc.nat(19), fc.nat(20), (records, from, limit) => {
      const frame = decodeFrame(encodeFrame(records, { firstSequence: 7, ends: true }))!;
      expect([frame.records, frame.firstSequence, frame.ends]).toEqual([records.length, 7, true]);
      expect(recordsOf(frame, 0, records.length)).toEqual(records);
      expect(recordsOf(frame, from, limit)).toEqual(records.slice(from, from + limit));
    }),
    { numRuns: 60 },
  );
});

function match(id: string, some: Partial<Match> = {}): LedgerRecord {
  return recordOfMatch({ id, players: ["ann", "bob"], places: [1, 2], board: "hex8", numPlayers: 2, length: 9, durationMs: null, at: 5, origin: "a", tournament: null, ...some });
}

/** Three appends, closed; the only file's path, and where each append ends. */
async function written(folder: string): Promise<{ readonly path: string; readonly ends: readonly number[] }> {
  const store = await open(folder);
  const ends: number[] = [];
  const file = (): string => join(folder, readdirSync(folder).find((name) => name.endsWith(".seg"))!);
  for (const ids of [["1", "2"], ["3"], ["4", "5", "6"]]) {
    await store.append(ids.map((id) => match(id)));
    ends.push(readFileSync(file()).length);
  }
  await store.close();
  return { path: file(), ends };
}

async function idsIn(store: MatchSegments): Promise<readonly string[]> {
  return (await store.read(0, 100)).map(({ record: read }) => (read.kind === "match" ? read.match.id : ""));
}

describe("after a crash", () => {
  test("an append that was cut off anywhere is not there, is said to be cut off and kept beside; what was acknowledged is there", async () => {
    const whole = newFolder();
    const { path, ends } = await written(whole);
    const bytes = readFileSync(path);
    for (let length = 0; length < bytes.length; length += length < 40 || ends.some((end) => Math.abs(end - length) < 3) ? 1 : 29) {
      const folder = newFolder();
      const copy = join(folder, "0000000000000001.seg");
      await (await open(folder)).close();
      copyFileSync(path, copy);
      truncateSync(copy, length);
      const torn: TornTail[] = [];
      const store = await open(folder, { onTorn: (tail) => torn.push(tail) });
      const kept = ["1", "2", "3", "4", "5", "6"].slice(0, [2, 3, 6].filter((_, index) => ends[index]! <= length).at(-1) ?? 0);
      expect([length, await idsIn(store)]).toEqual([length, kept]);
      const end = Math.max(...ends.filter((at) => at <= length), length < 16 ? 0 : 16);
      expect([length, torn.map(({ offset, bytes: size, keptAs }) => [offset, size, readFileSync(keptAs!).length])]).toEqual([length, end === length ? [] : [[end, length - end, length]]]);
      // What follows takes its place.
      expect((await store.append([match("2"), match("7")])).added).toBe(kept.includes("2") ? 1 : 2);
      await store.close();
      const again = await open(folder, { onTorn: () => expect.unreachable() });
      expect(await idsIn(again)).toEqual([...kept, ...(kept.includes("2") ? [] : ["2"]), "7"]);
      await again.close();
    }
  });

  test("an append of several frames of which only the first is there, is not there", async () => {
    const folder = newFolder();
    const { path, ends } = await written(folder);
    const frame = encodeFrame([match("8")], { firstSequence: 7, ends: false });
    writeFileSync(path, frame, { flag: "a" });
    const torn: TornTail[] = [];
    const store = await open(folder, { onTorn: (tail) => torn.push(tail) });
    expect([(await idsIn(store)).length, torn[0]?.offset]).toEqual([6, ends[2]]);
    await store.close();
  });
});

describe("damage", () => {
  test("any changed byte of what was acknowledged before the last append is an error that names file and offset, and nothing is written", async () => {
    const folder = newFolder();
    const { path, ends } = await written(folder);
    const bytes = readFileSync(path);
    for (let at = 0; at < ends[1]!; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ 0x10;
      writeFileSync(path, changed);
      const failure = await open(folder).then(() => null, (error: unknown) => error);
      expect(failure, `byte ${at}`).toBeInstanceOf(Failure);
      expect(failure).toMatchObject({ code: "store_unavailable", message: expect.stringMatching(new RegExp(`0000000000000001\\.seg .* at byte (0|16|${ends[0]})$`)) });
      expect(readFileSync(path).equals(changed)).toBe(true);
    }
  });

  test("a file that is missing, cut off or foreign in the middle is an error", async () => {
    const folder = newFolder();
    const store = await open(folder, { fileBytesMax: 1 });
    for (const id of ["1", "2", "3"]) await store.append([match(id)]);
    await store.close();
    const [, second, third] = readdirSync(folder).filter((name) => name.endsWith(".seg")).toSorted().map((name) => join(folder, name));
    const bytes = readFileSync(second!);
    for (const [content, where] of [[bytes.subarray(0, 60), 16], [Buffer.from("SQLite format 3\0"), 0], [Buffer.alloc(0), 0]] as const) {
      writeFileSync(second!, content);
      await expect(open(folder)).rejects.toMatchObject({ code: "store_unavailable", message: expect.stringContaining(`${second} `) && expect.stringContaining(`at byte ${where}`) });
    }
    rmSync(second!);
    await expect(open(folder)).rejects.toMatchObject({ message: expect.stringContaining(`${third} begins with record 3 where 2 should follow`) });
  });

  test("one that happens while it is open is found when it is read", async () => {
    const folder = newFolder();
    const { path } = await written(folder);
    const store = await open(folder);
    writeFileSync(path, readFileSync(path).fill(1, 100, 120));
    await expect(store.read(0, 10)).rejects.toMatchObject({ code: "store_unavailable", message: expect.stringContaining("at byte 16") });
    await store.close();
  });
});

describe("several processes", () => {
  test("one writes, others are told who; readers see what there was", async () => {
    const folder = newFolder();
    const store = await open(folder);
    await store.append([match("1")]);
    await expect(open(folder)).rejects.toMatchObject({ code: "data_dir_in_use", message: expect.stringContaining("test") });
    const reader = await open(folder, { mode: "read-only" });
    await store.append([match("2")]);
    expect(await idsIn(reader)).toEqual(["1"]);
    await expect(reader.append([match("3")])).rejects.toMatchObject({ code: "forbidden" });
    await reader.close();
    await store.close();
    await expect(store.head()).rejects.toMatchObject({ code: "store_unavailable" });
  });

  test("a reader leaves an unfinished append where it is", async () => {
    const folder = newFolder();
    const { path } = await written(folder);
    writeFileSync(path, Buffer.from("GMF1half"), { flag: "a" });
    const before = readFileSync(path);
    const torn: TornTail[] = [];
    const reader = await open(folder, { mode: "read-only", onTorn: (tail) => torn.push(tail) });
    expect([(await idsIn(reader)).length, torn.map(({ keptAs }) => keptAs), readFileSync(path).equals(before)]).toEqual([6, [null], true]);
    await reader.close();
    await expect(open(join(folder, "nowhere"), { mode: "read-only" })).rejects.toMatchObject({ code: "not_found" });
  });
});
