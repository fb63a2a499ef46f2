import { createVersion, ensureRegisteredModel, mlflowArtifacts, mlflowRegistry, searchVersions, type MlflowClient } from "@gauntlet/adapters";
import { describe, expect, test } from "vitest";

import { harnessOf, openClient, openRegistry } from "./mlflow-harness.ts";

/** A registry that does what it is asked, whose answers to writes are lost so often in a row. */
async function forgetful(lost: number): Promise<{ readonly client: MlflowClient; readonly calm: MlflowClient; readonly writes: string[]; close(): Promise<void> }> {
  const { registry, close } = await openRegistry();
  const left = new Map<string, number>();
  const writes: string[] = [];
  const client = openClient({
    url: "http://registry.invalid",
    timeoutMs: 150,
    retries: 2,
    sleep: async () => undefined,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const answer = await registry.fetch(request);
      if (request.method === "GET") return answer;
      writes.push(pathname.split("/").at(-1) ?? "");
      const times = left.get(pathname) ?? lost;
      left.set(pathname, times - 1);
      return times > 0 ? new Promise<never>(() => undefined) : answer;
    },
  });
  return { client, calm: openClient({ url: "http://registry.invalid", fetch: (request) => registry.fetch(request) }), writes, close };
}

describe("a registry that has done it, and whose answer is lost", () => {
  test("what is done twice is done once: aliases, tags, stages and files", async () => {
    const { client, calm, writes, close } = await forgetful(1);
    const { model, versions } = await harnessOf(calm, async () => undefined).makeModel([{}, {}]);
    const registry = mlflowRegistry(client);
    await registry.setAlias(model, "champion", "1");
    await registry.setTag(model, "1", "gauntlet.lifecycle", "champion");
    await registry.setStage(model, "2", "Production", true);
    await mlflowArtifacts(client).write(versions[0]?.runId ?? "", "decision.md", "once");
    expect(writes).toEqual(["alias", "alias", "set-tag", "set-tag", "transition-stage", "transition-stage", "decision.md", "decision.md"]);
    expect(await mlflowRegistry(calm).read(model, ["1", "2"])).toMatchObject({ aliases: { champion: "1" }, versions: [{ tags: { "gauntlet.lifecycle": "champion" } }, { stage: "Production" }] });
    expect(await mlflowArtifacts(calm).read(versions[0]?.runId ?? "", "decision.md")).toBe("once");
    await close();
  });

  test("an alias that is gone is gone, however often it is removed", async () => {
    const { client, calm, close } = await forgetful(2);
    const { model } = await harnessOf(calm, async () => undefined).makeModel([{}]);
    await mlflowRegistry(calm).setAlias(model, "champion", "1");
    await mlflowRegistry(client).setAlias(model, "champion", null);
    expect((await mlflowRegistry(calm).read(model, [])).aliases).toEqual({});
    await close();
  });

  test("a version is made once, and whoever made it is told that it may have been", async () => {
    const { client, calm, close } = await forgetful(1);
    await ensureRegisteredModel(calm, "spam", "");
    const failure: unknown = await createVersion(client, { model: "spam", source: "s3://b/x", runId: null, tags: {}, description: null }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "registry_unavailable", retryable: true });
    expect(await searchVersions(calm, "spam")).toHaveLength(1);
    await close();
  });

  test("one that answers no write at all has it done, and says so to nobody", async () => {
    const { client, calm, close } = await forgetful(99);
    const { model } = await harnessOf(calm, async () => undefined).makeModel([{}]);
    await expect(mlflowRegistry(client).setAlias(model, "champion", "1")).rejects.toMatchObject({ code: "registry_unavailable" });
    // So the controller reads before it writes again: what it wanted is already so.
    expect((await mlflowRegistry(client).read(model, [])).aliases).toEqual({ champion: "1" });
    await close();
  });
});
