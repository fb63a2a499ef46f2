import { modelDetail, paths, type ModelDetail } from "@gauntlet/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { HOUR, policyText } from "../testing/stream.ts";
import { registerVersions, startTestServer, type TestServer } from "../testing/test-server.ts";
import { retiredView } from "./retired.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** A rollout of version 2 that a person ends at once. */
async function ended(model: string, by: "promote" | "reject", more = ""): Promise<void> {
  const send = (path: string, body: object) => server.call("POST", path, { key: `${model}-${path.slice(-8)}-${by}`, body });
  await registerVersions(server, model);
  await send(paths.rollouts(model), { policy: policyText(model, more), challenger: "2" });
  await server.tick(model);
  expect((await detailOf(model)).retired).toBeNull();
  await send(paths.act(model, by), { reason: "by hand" });
  await server.tick(model);
}

async function detailOf(model: string): Promise<ModelDetail> {
  return modelDetail.parse((await server.call("GET", paths.model(model))).json);
}

test("a promotion leaves the version before it without requests: since when, and who would come back to it", async () => {
  await ended("won", "promote", "monitor: { every: 1m, consecutive: 2 }\n");
  const at = server.clock.at;
  server.clock.at += HOUR;
  const { retired, state } = await detailOf("won");
  expect(retired).toEqual({ version: "1", since: at, scale: "what answers for it can be scaled to 0", before: "A rollback goes back to it, and waits until it is up again where it was scaled down. The monitor may ask for one by itself: keep a replica while it watches." });
  const named = (target: string): string | undefined => retiredView(state, parseConfig(`targets: { won: { namespace: models, name: fraud, ${target} } }`, "test", {}).targets)?.scale;
  expect([
    named('kind: gateway-api, service: "fraud-v{version}"'),
    named('kind: istio, subset: "v{version}"'),
    named('kind: istio, host: "fraud-{version}", versions: { "1": old-fraud }'),
    named('kind: seldon-v1, predictor: "v{version}"'),
    named('kind: seldon-v2, candidate: "fraud-{version}"'),
    named('kind: kserve, storageUri: "s3://m/{version}"'),
  ]).toEqual([
    "the Deployment behind Service models/fraud-v1 can be scaled to 0",
    "the Deployment behind subset v1 of VirtualService models/fraud can be scaled to 0",
    "the Deployment behind host old-fraud can be scaled to 0",
    "predictor v1 of SeldonDeployment models/fraud needs no more replicas than keep it ready",
    "fraud-1, a Model or Pipeline in models, needs no more replicas than keep it ready",
    expect.stringContaining("InferenceService models/fraud needs no replicas for it"),
  ]);
});

test("while a rollout runs nobody is retired; one that is rejected retires its challenger, to which nothing goes back", async () => {
  await ended("lost", "reject");
  expect(await detailOf("lost")).toMatchObject({ summary: { status: "retained" }, retired: { version: "2", since: server.clock.at, before: "Nothing goes back to it." } });
});

test("what a watch emptied is idle since the watch began, once its end promotes; a rollout without traffic retires nobody", async () => {
  const { state } = await detailOf("won");
  const { rollout, settled } = state;
  if (rollout === null || settled === null) throw new Error("nothing was promoted");
  const whole = settled.plan.effects.find(({ kind }) => kind === "traffic");
  if (whole?.kind !== "traffic") throw new Error("no traffic was moved");
  const watched = { ...state, rollout: { ...rollout, stage: { index: 1, since: 5000 }, allocation: whole.allocation }, settled: { ...settled, plan: { ...settled.plan, effects: settled.plan.effects.filter(({ kind }) => kind !== "traffic") } } };
  expect(retiredView(watched, {})).toMatchObject({ version: "1", since: 5000 });
  expect(retiredView({ ...watched, rollout: { ...watched.rollout, allocation: rollout.allocation } }, {})).toBeNull();
  expect(retiredView({ ...state, rollout: { ...rollout, policy: { ...rollout.policy, effects: ["document"] } } }, {})).toBeNull();
});
