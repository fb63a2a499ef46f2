import { readFileSync } from "node:fs";

import { parsePolicy } from "@gauntlet/contract";
import { criticalValue, pairedRecallRatio, requireAbtest } from "@gauntlet/core";
import { beforeAll, expect, test } from "vitest";

import { hashFeatures } from "./features/hash-features.ts";
import type { Features } from "./features/hash-features.ts";
import { learnVersion } from "./learn/learn-version.ts";
import type { SpamModel } from "./learn/model.ts";
import { scoreWithCost } from "./learn/score.ts";
import type { Mail } from "./mails/mail.ts";
import { readMails } from "./mails/read-mails.ts";
import type { Corpus } from "./mails/read-mails.ts";
import { withFeaturesOutOfOrder } from "./split/sabotage.ts";
import { CUTS, splitByTime } from "./split/split-by-time.ts";
import type { Split } from "./split/split-by-time.ts";
import { runPolicy } from "./testing/run-policy.ts";

// The figures in this file are those of README.md. They are facts about the data: a change of the code that moves them
// must move the README too.
const DAY_MS = 86_400_000;

let corpus: Corpus;
let split: Split;
let version1: SpamModel;
let version2: SpamModel;
let replay: readonly { readonly mail: Mail; readonly features: Features }[];

beforeAll(() => {
  corpus = readMails();
  split = splitByTime(corpus.mails);
  version1 = learnVersion("v1", split.version1);
  version2 = learnVersion("v2", split.version2);
  replay = split.replay.map((mail) => ({ mail, features: hashFeatures(mail) }));
});

test("every mail of the corpus is read; what is dropped is counted", () => {
  expect(corpus.read).toBe(6046);
  expect(corpus.dropped).toEqual({ undated: 0, duplicate: 333, contradictory: 0 });
  expect(corpus.datedBy).toEqual({ received: 5911, envelope: 0, date: 135 });
  expect(corpus.mails.length).toBe(6046 - 333);
});

test("mails are in order of time, each once, within the time of collection, and reading again gives the same", () => {
  const { mails } = corpus;
  expect(mails.every((mail, i) => i === 0 || mail.at > mails[i - 1]!.at || (mail.at === mails[i - 1]!.at && mail.id > mails[i - 1]!.id))).toBe(true);
  expect(new Set(mails.map((mail) => mail.id)).size).toBe(mails.length);
  expect(new Set(mails.map((mail) => mail.bodyDigest)).size).toBe(mails.length);
  expect(new Date(mails[0]!.at).toISOString().slice(0, 7)).toBe("2001-06");
  expect(new Date(mails.at(-1)!.at).toISOString().slice(0, 7)).toBe("2002-12");
  expect(readMails().mails.map((mail) => mail.id)).toEqual(mails.map((mail) => mail.id));
});

test("the spam share falls from .42 in July to .18 in August and September", () => {
  const share = (month: string) => {
    const mails = corpus.mails.filter((mail) => new Date(mail.at).toISOString().startsWith(month));
    return [mails.length, Number((mails.filter((mail) => mail.spam).length / mails.length).toFixed(3))];
  };
  expect([share("2002-07"), share("2002-08"), share("2002-09")]).toEqual([
    [1199, 0.415],
    [1571, 0.18],
    [1573, 0.181],
  ]);
});

test("no mail that a version learnt from is replayed, neither by its bytes nor by its body, and all replay is later", () => {
  const learnt = [...split.version1, ...split.version2];
  const ids = new Set(learnt.map((mail) => mail.id));
  const bodies = new Set(learnt.map((mail) => mail.bodyDigest));
  expect(split.replay.filter((mail) => ids.has(mail.id) || bodies.has(mail.bodyDigest))).toEqual([]);
  expect(Math.max(version1.trainedOn.to, version2.trainedOn.to)).toBeLessThan(split.replay[0]!.at);
  expect([split.version1.length, split.version2.length, split.replay.length]).toEqual([728, 1837, 3876]);
});

test("learning again gives the same bits", () => {
  expect(learnVersion("v1", split.version1)).toEqual(version1);
  expect(version1.threshold).toBeCloseTo(0.98808, 5);
  expect(version2.threshold).toBeCloseTo(0.86317, 5);
  expect(() => learnVersion("v1", split.version1.toReversed())).toThrow(/out of order/);
});

test.each([
  [21, { positives: 152, hits: [131, 145], discordant: [16, 2], falseAlarms: [22, 9], ratio: 1.1069, low: 1.0331, high: 1.1859 }],
  [42, { positives: 399, hits: [325, 373], discordant: [51, 3], falseAlarms: [36, 15], ratio: 1.1477, low: 1.0947, high: 1.2033 }],
])("after %i days, on all mails, both versions find this much", (days, expected) => {
  const cells = pairedCells(CUTS.version2, CUTS.version2 + days * DAY_MS);
  const recall = pairedRecallRatio(cells);
  expect(recall).toMatchObject({ positives: expected.positives, championHits: expected.hits[0], challengerHits: expected.hits[1], onlyChallenger: expected.discordant[0], onlyChampion: expected.discordant[1] });
  expect([cells[2] + cells[3], cells[1] + cells[3]]).toEqual(expected.falseAlarms);
  const standardError = Math.sqrt((recall.onlyChallenger + recall.onlyChampion) / (recall.championHits * recall.challengerHits));
  const spread = Math.exp(criticalValue(0.975) * standardError);
  expect([recall.ratio, recall.ratio! / spread, recall.ratio! * spread].map((value) => Number(value!.toFixed(4)))).toEqual([expected.ratio, expected.low, expected.high]);
});

test("version 1 flags as much of the ham in August as in July; with fewer spam its precision falls all the same", () => {
  const figures = (from: number, to: number) => {
    const mails = corpus.mails.filter((mail) => mail.at >= from && mail.at < to).map((mail) => ({ spam: mail.spam, flagged: scoreWithCost(version1, hashFeatures(mail)).flagged }));
    const count = (spam: boolean) => mails.filter((mail) => mail.spam === spam && mail.flagged).length;
    return { hamFlagged: count(false) / mails.filter((mail) => !mail.spam).length, precision: count(true) / (count(true) + count(false)) };
  };
  const july = figures(CUTS.version1, Date.UTC(2002, 7, 1));
  const august = figures(CUTS.version2, Date.UTC(2002, 8, 1));
  expect(july.hamFlagged).toBeCloseTo(0.0222, 4);
  expect(august.hamFlagged).toBeCloseTo(0.0215, 4);
  expect([july.precision, august.precision].map((value) => Number(value.toFixed(3)))).toEqual([0.963, 0.894]);
});

test.each([
  ["ships", ["hold min_duration", "hold labels_immature", "hold inconclusive", "promote all_checks_passed"], 46],
  ["cautious", ["hold min_duration", "hold labels_immature", "hold inconclusive", "retain unproven"], 46],
  ["letter", ["hold min_duration", "hold labels_immature", "retain worse"], 25],
])("policy %s", (name, expected, day) => {
  for (const seed of [1, 2]) {
    const turns = runPolicy({ policy: policy(name), champion: version1, challenger: version2, replay, startedAt: CUTS.version2, seed });
    expect(turns.map(({ decision }) => `${decision.verdict} ${decision.reason}`).filter((step, i, all) => all.indexOf(step) === i)).toEqual(expected);
    expect(turns.at(-1)!.day).toBe(day);
  }
});

test("version 2 with its features out of order is rolled back within two days", () => {
  const turns = runPolicy({ policy: policy("ships"), champion: version1, challenger: withFeaturesOutOfOrder(version2), replay, startedAt: CUTS.version2, seed: 1 });
  const { day, decision } = turns.at(-1)!;
  expect([decision.verdict, decision.reason]).toEqual(["rollback", "harm"]);
  expect(day).toBeLessThanOrEqual(2);
  expect(decision.checks.find((check) => check.id === "harm-recall")).toMatchObject({ status: "fail", challenger: 0 });
});

function pairedCells(from: number, to: number): [number, number, number, number, number, number, number, number] {
  const cells: [number, number, number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const { mail, features } of replay) {
    if (mail.at < from || mail.at >= to) continue;
    cells[Number(mail.spam) * 4 + Number(scoreWithCost(version1, features).flagged) * 2 + Number(scoreWithCost(version2, features).flagged)]!++;
  }
  return cells;
}

function policy(name: string) {
  const path = new URL(`../policies/${name}.yaml`, import.meta.url);
  return requireAbtest(parsePolicy(readFileSync(path, "utf8"), `${name}.yaml`), "tried on mails");
}
