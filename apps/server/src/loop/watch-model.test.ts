import { monitorDetail, paths } from "@gauntlet/contract";
import { afterEach, expect, test } from "vitest";

import { DEPLOYMENTS, type Deployment } from "../testing/deployments.ts";
import { promoteVersion2, serveNow } from "../testing/promoted.ts";

const MODEL = "watched";
const MONITOR = "  - { check: rate, metric: error, increaseMax: 2pp }\nmonitor: { every: 1m, consecutive: 3, minSamples: 50, severe: 20 }\n";

let deployment: Deployment | null = null;
afterEach(async () => {
  await deployment?.close();
  deployment = null;
});

test.each(DEPLOYMENTS)("checks in a row are counted whoever makes them, and one rollback is asked for (I20): $name", async ({ open }) => {
  const all = await open(MODEL);
  deployment = all;
  await promoteVersion2(all, MODEL, MONITOR);
  for (const errors of [4, 160, 160, 160]) {
    await serveNow(all, MODEL, errors);
    // Everybody at once: whoever does not lead leaves it alone, and whoever comes second finds nothing new.
    await Promise.allSettled(all.servers.map((server) => server.tick(MODEL)));
  }
  for (const server of all.servers) await server.tick(MODEL);
  const { monitor, checks } = monitorDetail.parse((await all.call("GET", paths.monitorOf(`model:${MODEL}`))).json);
  expect(checks.map(({ outcome }) => outcome.kind).toReversed()).toEqual(["checked", "checked", "checked", "triggered"]);
  expect(monitor).toMatchObject({ status: "rolled_back", history: [{ from: "2", to: "1" }] });
  const entries = await all.composition.store.ledger.read(MODEL, 0, 1000);
  expect(entries.filter(({ event }) => event.kind === "request")).toHaveLength(1);
});
