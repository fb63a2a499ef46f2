import { createKubeClient, kubernetesTraffic, requireRights, trafficByModel, type KubeClient } from "@gauntlet/adapters";
import type { TrafficTarget } from "@gauntlet/controller";
import { memoryTraffic, trafficConformance } from "@gauntlet/controller/testing";
import { allocate, Failure, reallocate, type Allocation, type Share } from "@gauntlet/core";
import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { callsTo, type KubeAddress, type KubeObject } from "./kube-api-server.ts";
import { createFresh, editObject, operate, pathOf, readObject, type Operator } from "./operator.ts";
import { grant } from "./rbac.ts";
import { seeded } from "./seeded.ts";
import { SERVINGS, type Serving } from "./servings.ts";

const file = process.env["GAUNTLET_KUBE"];
const address = file === undefined ? { url: "", ca: "", token: "" } : (JSON.parse(readFileSync(file, "utf8")) as KubeAddress);
const calls = callsTo(address);

function shares(...percents: readonly number[]): readonly Share[] {
  const slots = ["champion", "challenger", "third"];
  return percents.map((percent, index) => ({ slot: slots[index] ?? "", version: String(index + 1), basisPoints: percent * 100 }));
}

function begin(model: string, shadow = false): Allocation {
  return allocate({ model, epoch: 1, seed: `${model}-1`, shares: shares(100), shadow });
}

describe.skipIf(file === undefined).each(SERVINGS.map((serving) => [serving.name, serving] as const))("%s", (_, serving) => {
  let token = "";
  const said: string[] = [];
  const running: Operator[] = [];

  beforeAll(async () => {
    token = await grant(calls, serving, ["mail", "fraud"]);
  });

  afterEach(async () => {
    said.length = 0;
    await Promise.all(running.splice(0).map((operator) => operator.stop()));
  });

  /** A target that may do what deploy/kubernetes/rbac grants, on a fresh object whose controller runs. */
  async function open(model: string, as: string = token): Promise<{ readonly target: TrafficTarget; readonly operator: Operator }> {
    await createFresh(calls, serving, model);
    const operator = operate(calls, serving, model);
    running.push(operator);
    return { target: targetOf(model, as), operator };
  }

  function targetOf(model: string, as: string = token, { readyMs = 5000, numbers = "ours", around = (client) => client }: { readonly readyMs?: number; readonly numbers?: "ours" | "git"; readonly around?: (client: KubeClient) => KubeClient } = {}): TrafficTarget {
    return kubernetesTraffic({ model, client: around(clientOf(as)), namespace: "models", name: model, mapping: serving.mapping, numbers, readyMs, pollMs: 20, report: (text) => said.push(text) });
  }

  function clientOf(as: string): KubeClient {
    const login = { server: address.url, ca: address.ca, insecure: false, credentials: async () => ({ token: as, cert: null, key: null }) };
    return createKubeClient({ login, timeoutMs: 5000 });
  }

  const first = begin("mail");
  trafficConformance(serving.name, async () => {
    const [mail, fraud] = [await open("mail"), await open("fraud")];
    return {
      target: trafficByModel(new Map([["mail", mail.target], ["fraud", fraud.target]]), memoryTraffic()),
      allocations: { first, second: reallocate(first, shares(80, 20), 2), ofFraud: begin("fraud") },
      close: async () => undefined,
    };
  });

  test("the data plane is told exactly the split, and nothing else of the object changes (I30)", async () => {
    const { target } = await open("fraud");
    const before = await readObject(calls, serving, "fraud");
    const epoch1 = begin("fraud");
    const steps = [epoch1, reallocate(epoch1, shares(80, 20), 2), reallocate(epoch1, shares(1, 99), 3), reallocate(epoch1, shares(0, 100), 4), reallocate(epoch1, shares(100, 0), 5)];
    for (const [index, wanted] of [[100, 0], [80, 20], [1, 99], [0, 100], [100, 0]].entries()) {
      await target.apply(steps[index] as Allocation);
      const after = await readObject(calls, serving, "fraud");
      const { "1": one = 0, "2": two = 0, ...others } = serving.routes(after).weights;
      expect([one / (one + two), two / (one + two), Object.values(others).filter((weight) => weight !== 0)]).toEqual([(wanted[0] as number) / 100, (wanted[1] as number) / 100, []]);
      expect(serving.rest(after["spec"])).toEqual(serving.rest(before["spec"]));
      expect(theirs(after)).toEqual(theirs(before));
    }
    const managers = (await readObject(calls, serving, "fraud"))["metadata"].managedFields as KubeObject[];
    const ours = managers.filter(({ manager }) => manager === "gauntlet");
    expect(ours.map(({ operation }) => operation)).toEqual(["Apply"]);
    // One field of the specification, and what goes with it in the annotations.
    expect(Object.keys(ours[0]?.["fieldsV1"]["f:spec"] ?? {})).toHaveLength(1);
    expect(Object.keys(ours[0]?.["fieldsV1"]["f:metadata"]["f:annotations"])).toEqual(["f:gauntlet.io/allocation", "f:gauntlet.io/allocation-before", "f:gauntlet.io/realised-epoch"]);
  });

  test("a shadow gets a copy of every request, or is refused", async () => {
    const { target } = await open("fraud");
    const shadowed = allocate({ model: "fraud", epoch: 1, seed: "fraud-1", shares: shares(100, 0), shadow: true });
    if (!serving.canMirror) {
      await expect(target.apply(shadowed)).rejects.toMatchObject({ code: "invalid_input" });
      return;
    }
    const before = await readObject(calls, serving, "fraud");
    await target.apply(shadowed);
    expect(await target.read("fraud")).toEqual(shadowed);
    const during = await readObject(calls, serving, "fraud");
    expect(serving.routes(during).mirror).toBe("2");
    expect(serving.rest(during["spec"])).toEqual(serving.rest(before["spec"]));
    await expect(target.apply(reallocate(shadowed, shares(80, 20), 2))).rejects.toMatchObject({ code: "invalid_input" });
    const plain = { ...reallocate({ ...shadowed, shadow: false, arms: begin("fraud").arms }, shares(80, 20), 3) };
    await target.apply(plain);
    const after = await readObject(calls, serving, "fraud");
    expect(serving.routes(after)).toMatchObject({ mirror: null });
    expect(serving.rest(after["spec"])).toEqual(serving.rest(before["spec"]));
  });

  test("what nobody serves yet is not in force, and is when its controller wakes (I30)", async () => {
    const { target, operator } = await open("fraud");
    const [one, two] = [begin("fraud"), reallocate(begin("fraud"), shares(80, 20), 2)];
    await target.apply(one);
    if (serving.served(serving.object("fraud")) === null) return;
    operator.pause();
    const impatient = targetOf("fraud", token, { readyMs: 150 });
    await expect(impatient.apply(two)).rejects.toMatchObject({ code: "traffic_unavailable", message: expect.stringContaining("does not serve it") });
    expect(await target.read("fraud")).toEqual(one);
    operator.resume();
    await target.apply(two);
    expect(await target.read("fraud")).toEqual(two);
    // Once it was served, a controller that is away takes nothing back.
    operator.pause();
    expect(await target.read("fraud")).toEqual(two);
  });

  test("somebody else's split is seen and named, and a rollback writes over it", async () => {
    const { target } = await open("fraud");
    const two = reallocate(begin("fraud"), shares(80, 20), 2);
    await target.apply(two);
    const { spec } = await readObject(calls, serving, "fraud");
    await editObject(calls, serving, { name: "fraud", manager: "kubectl-edit", body: { spec: serving.edited(spec) } });
    expect(await target.read("fraud")).toMatchObject({ epoch: 3 });
    expect(said.join()).toMatch(/isn't that of epoch 2 any more: .*kubectl-edit/);
    const back = reallocate(two, shares(100, 0), 4);
    await target.apply(back);
    expect(await target.read("fraud")).toEqual(back);
    expect(serving.routes(await readObject(calls, serving, "fraud")).weights["2"]).toBe(0);
  });

  test("an object that Argo CD keeps is said to be, with what Argo CD must be told", async () => {
    const { target } = await open("fraud");
    const two = reallocate(begin("fraud"), shares(80, 20), 2);
    await target.apply(two);
    const { spec } = await readObject(calls, serving, "fraud");
    await editObject(calls, serving, { name: "fraud", manager: "argocd-controller", body: { metadata: { annotations: { "argocd.argoproj.io/tracking-id": "models:fraud" } }, spec: serving.edited(spec) } });
    expect(await target.read("fraud")).toMatchObject({ epoch: 3 });
    expect(said.join()).toMatch(/argocd-controller .*changed it, and Argo CD keeps this object.*ignoreDifferences.*RespectIgnoreDifferences=true/);
  });

  test("numbers that are kept in Git are waited for, and only annotations are written", async () => {
    await open("fraud");
    const target = targetOf("fraud", token, { numbers: "git" });
    const before = await readObject(calls, serving, "fraud");
    const half = reallocate(begin("fraud"), shares(50, 50), 1 + 1);
    await expect(target.apply(half)).rejects.toMatchObject({ code: "traffic_unavailable", fix: expect.stringContaining("gauntlet plan fraud --output manifests") });
    const untouched = await readObject(calls, serving, "fraud");
    expect([untouched["metadata"].generation, untouched["metadata"].managedFields.some(({ manager }: KubeObject) => manager === "gauntlet")]).toEqual([before["metadata"].generation, false]);
    await editObject(calls, serving, { name: "fraud", manager: "argocd-controller", body: { spec: serving.halved(before["spec"]) } });
    await target.apply(half);
    expect(await target.read("fraud")).toEqual(half);
    const ours = ((await readObject(calls, serving, "fraud"))["metadata"].managedFields as KubeObject[]).find(({ manager }) => manager === "gauntlet");
    expect(Object.keys(ours?.["fieldsV1"])).toEqual(["f:metadata"]);
    // What was ours once is not taken away by saying less.
    await targetOf("fraud").apply(reallocate(half, shares(60, 40), 3));
    const { spec } = await readObject(calls, serving, "fraud");
    await target.apply({ ...reallocate(half, shares(60, 40), 3), epoch: 4 });
    expect((await readObject(calls, serving, "fraud"))["spec"]).toEqual(spec);
  });

  test("a storm of other writers keeps no split from being written, and none of their writes is lost", async () => {
    const { target } = await open("fraud");
    await target.apply(begin("fraud"));
    const state = { runs: true, writes: 0 };
    const storm = Array.from({ length: 4 }, async (_unused, writer) => {
      for (; state.runs; state.writes += 1) {
        const now = `${writer}-${state.writes}`;
        await editObject(calls, serving, { name: "fraud", manager: `writer-${writer}`, body: { metadata: { labels: { [`writer-${writer}`]: now } } } });
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    });
    const began = performance.now();
    let last = begin("fraud");
    try {
      for (let epoch = 2; epoch <= 6; epoch += 1) {
        last = reallocate(last, shares(100 - epoch * 5, epoch * 5), epoch);
        // As the controller does with its next tick, should nobody let it write for seconds.
        await target.apply(last).catch(() => target.apply(last));
      }
    } finally {
      state.runs = false;
      await Promise.all(storm);
    }
    const tookMs = Math.round(performance.now() - began);
    expect(await target.read("fraud")).toEqual(last);
    const { metadata } = await readObject(calls, serving, "fraud");
    expect(Object.keys(metadata.labels)).toEqual(expect.arrayContaining(["team", "writer-0", "writer-1", "writer-2", "writer-3"]));
    process.stdout.write(`storm: ${serving.name}: 5 splits in ${tookMs} ms among ${state.writes} writes of others\n`);
  });

  test.each([1, 2, 3, 4])("with 30 % of the calls failing, before or after they were done, the split is in the end as it was wanted: seed %i", async (seed) => {
    await open("fraud");
    const flaky = targetOf("fraud", token, { around: (client) => flakyClient(client, seeded(seed)) });
    let last = begin("fraud");
    for (const epoch of [1, 2, 3]) {
      if (epoch > 1) last = reallocate(last, shares(100 - epoch * 10, epoch * 10), epoch);
      for (let tries = 1; !(await isApplied(flaky, last)); tries += 1) expect(tries).toBeLessThan(100);
    }
    expect(await targetOf("fraud").read("fraud")).toEqual(last);
    expect(serving.routes(await readObject(calls, serving, "fraud")).weights["2"]).toBe(30);
  });

  test("of two controllers the one with the newer epoch wins, whoever comes first", async () => {
    const { target } = await open("fraud");
    await target.apply(begin("fraud"));
    const rival = targetOf("fraud");
    const [older, newer] = [reallocate(begin("fraud"), shares(90, 10), 2), reallocate(begin("fraud"), shares(50, 50), 3)];
    const ended = await Promise.allSettled([rival.apply(older), target.apply(newer)]);
    expect(ended[1].status).toBe("fulfilled");
    if (ended[0].status === "rejected") expect(ended[0].reason).toMatchObject({ code: "stale_epoch" });
    expect(await target.read("fraud")).toEqual(newer);
  });

  test("an object that is deleted holds, and is not made again by us", async () => {
    const { target } = await open("fraud");
    const two = reallocate(begin("fraud"), shares(80, 20), 2);
    await target.apply(begin("fraud"));
    await calls.call({ method: "DELETE", path: pathOf(serving, "fraud") });
    await expect(target.read("fraud")).rejects.toMatchObject({ code: "traffic_unavailable", message: expect.stringContaining("isn't there") });
    await expect(target.apply(two)).rejects.toMatchObject({ code: "traffic_unavailable" });
    expect((await calls.call({ method: "GET", path: pathOf(serving, "fraud") })).status).toBe(404);
    await createFresh(calls, serving, "fraud");
    await target.apply(two);
    expect(await target.read("fraud")).toEqual(two);
  });

  test("a version that the object doesn't list is refused, and nothing is written", async () => {
    const { target } = await open("fraud");
    const unknown = allocate({ model: "fraud", epoch: 1, seed: "fraud-1", shares: [{ slot: "champion", version: "1", basisPoints: 8000 }, { slot: "challenger", version: "9", basisPoints: 2000 }], shadow: false });
    const before = await readObject(calls, serving, "fraud");
    const knative = serving.name.includes("Knative");
    // Knative's revision before has no name of a version: what is refused is two that are not the newest.
    const three = knative ? allocate({ model: "fraud", epoch: 1, seed: "fraud-1", shares: shares(60, 20, 20), shadow: false }) : unknown;
    await expect(target.apply(three)).rejects.toMatchObject({ code: "traffic_refused" });
    expect((await readObject(calls, serving, "fraud"))["spec"]).toEqual(before["spec"]);
  });

  test("the rights of deploy/kubernetes/rbac are enough, and nothing else is allowed with them", async () => {
    const { target } = await open("fraud");
    await target.apply(begin("fraud"));
    const path = pathOf(serving, "fraud");
    const refused = [
      await calls.call({ method: "DELETE", path, token }),
      await calls.call({ method: "GET", path: pathOf(serving, null), token }),
      await calls.call({ method: "PATCH", path: `${path}/status`, body: {}, contentType: "application/merge-patch+json", token }),
      await calls.call({ method: "GET", path: pathOf(serving, "other"), token }),
      await calls.call({ method: "POST", path: pathOf(serving, null), body: serving.object("other"), token }),
      await calls.call({ method: "GET", path: "/api/v1/namespaces/models/secrets", token }),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
    const place = { resource: serving.mapping.resource, namespace: "models", name: "fraud" };
    expect(await requireRights(clientOf(token), place)).toMatch(/^may get and patch \S+ models\/fraud$/);
    await expect(requireRights(clientOf(token), { ...place, name: "other" })).rejects.toMatchObject({ message: expect.stringMatching(/^may not get and patch \S+ models\/other/) });
    const strange = await calls.tokenOf({ namespace: "gauntlet", name: "stranger" });
    await expect(requireRights(clientOf(strange), place)).rejects.toMatchObject({ code: "traffic_refused", fix: expect.stringContaining(`resources: [${place.resource.plural}], resourceNames: [fraud], verbs: [get, patch]`) });
    await expect(requireRights(clientOf("nobody"), place)).rejects.toMatchObject({ code: "traffic_refused", message: expect.stringContaining("401") });
    const stranger = targetOf("fraud", strange);
    await expect(stranger.read("fraud")).rejects.toMatchObject({ code: "traffic_refused", message: expect.stringContaining("403") });
    await expect(stranger.apply(reallocate(begin("fraud"), shares(80, 20), 2))).rejects.toMatchObject({ code: "traffic_refused" });
    await expect(targetOf("fraud", "nobody").read("fraud")).rejects.toMatchObject({ code: "traffic_refused", message: expect.stringContaining("401") });
  });
});

describe.skipIf(file === undefined)("KServe modes", () => {
  test("a mode that ignores canaryTrafficPercent is refused", async () => {
    const knative = SERVINGS.find(({ name }) => name.includes("Knative")) as Serving;
    const raw = { ...knative, object: (name: string) => ({ ...knative.object(name), metadata: { name, namespace: "models", annotations: { "serving.kserve.io/deploymentMode": "RawDeployment" } } }) };
    await createFresh(calls, raw, "fraud");
    const login = { server: address.url, ca: address.ca, insecure: false, credentials: async () => ({ token: address.token, cert: null, key: null }) };
    const target = kubernetesTraffic({ model: "fraud", client: createKubeClient({ login, timeoutMs: 5000 }), namespace: "models", name: "fraud", mapping: raw.mapping, numbers: "ours", readyMs: 100, pollMs: 20, report: () => undefined });
    await expect(target.apply(reallocate(begin("fraud"), shares(80, 20), 2))).rejects.toMatchObject({ code: "traffic_refused", message: expect.stringContaining("canaryTrafficPercent is ignored") });
  });
});

function flakyClient(client: KubeClient, random: () => number): KubeClient {
  const flaky = async <T>(call: () => Promise<T>): Promise<T> => {
    const drawn = random();
    if (drawn < 0.15) throw new Failure("traffic_unavailable", "lost on its way");
    const answer = await call();
    if (drawn < 0.3) throw new Failure("traffic_unavailable", "the answer was lost");
    return answer;
  };
  return { ...client, get: (place) => flaky(() => client.get(place)), apply: (place, fields) => flaky(() => client.apply(place, fields)) };
}

/** As a tick does: what isn't read back is applied again. */
async function isApplied(target: TrafficTarget, allocation: Allocation): Promise<boolean> {
  try {
    await target.apply(allocation);
    return (await target.read(allocation.model))?.epoch === allocation.epoch;
  } catch (error) {
    expect(error).toMatchObject({ code: "traffic_unavailable" });
    return false;
  }
}

/** Metadata that isn't ours, and isn't the server's. */
function theirs({ metadata }: KubeObject): KubeObject {
  const { labels, annotations, uid, name, finalizers, ownerReferences } = metadata;
  return { labels, uid, name, finalizers, ownerReferences, annotations: Object.fromEntries(Object.entries(annotations as Record<string, string>).filter(([key]) => !key.startsWith("gauntlet.io/"))) };
}
