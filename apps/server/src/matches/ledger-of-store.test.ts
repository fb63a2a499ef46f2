import { openMemoryStore } from "@gauntlet/controller/testing";
import { expect, test } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { ledgerOfStore } from "./ledger-of-store.ts";

const clock = { now: () => 1_760_000_000_000 };

function open(text: string, host: string) {
  return ledgerOfStore(parseConfig(text, "gauntlet.yaml", {}), { store: openMemoryStore().matches, clock, host });
}

test("a node is called what the configuration says, or as its host is", async () => {
  expect([(await open("ratings: { node: lab-1 }", "gpu-7.example")).node, (await open("", "gpu-7.example")).node]).toEqual(["lab-1", "gpu-7.example"]);
});

test.each(["-oProxyCommand=x", "", "a b", "x".repeat(65)])("a host called %j has to be named", async (host) => {
  await expect(open("", host)).rejects.toMatchObject({ code: "invalid_input", fix: expect.stringContaining("ratings.node") });
  expect((await open("ratings: { node: a }", host)).node).toBe("a");
});

test("conflicts and anchors are the configuration's", async () => {
  const ledger = await open("ratings: { node: a, conflicts: skip, anchors: { bob: 1000 } }", "");
  await ledger.importMatches(["ann", "bob"].map((winner) => ({ id: winner, players: ["ann", "bob"], winner, board: "hex8", at: 5 })));
  expect([ledger.strategy, [...ledger.fit("hex8_2p").elo].map(Math.round)]).toEqual(["skip", [1000, 1000]]);
});
