import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import type { Artifacts } from "../ports/artifacts.ts";
import type { Registry } from "../ports/registry.ts";

/** A registry that the suite may fill; every model it makes has a name of its own, so a shared server will do. */
export interface RegistryHarness {
  readonly registry: Registry;
  readonly artifacts: Artifacts;
  /** A new model with one version for each set of tags, each made by a run of its own. */
  makeModel(tagsOfVersions: readonly Readonly<Record<string, string>>[]): Promise<MadeModel>;
  /** Writes a figure to the run of a version, after those that are there. */
  score(made: MadeModel["versions"][number], figure: { readonly name: string; readonly value: number; readonly at: number }): Promise<void>;
  close(): Promise<void>;
}

export interface MadeModel {
  readonly model: string;
  readonly versions: readonly { readonly version: string; readonly runId: string }[];
}

/** What every Registry and its Artifacts must do. */
export function registryConformance(name: string, open: () => Promise<RegistryHarness>): void {
  for (const [title, checks] of Object.entries({ "is a registry": REGISTRY, "keeps artifacts": ARTIFACTS })) {
    describe(`${name} ${title}`, () => {
      test.each(Object.entries(checks))("%s", async (_, check) => {
        const harness = await open();
        try {
          await check(harness);
        } finally {
          await harness.close();
        }
      });
    });
  }
}

type Checks = Readonly<Record<string, (harness: RegistryHarness) => Promise<void>>>;

const DIGEST = `sha256:${"5a".repeat(32)}`;

const REGISTRY: Checks = {
  "a model that isn't there is not_found": async ({ registry }) => {
    await expect(registry.read("no-such-model", [])).rejects.toMatchObject({ code: "not_found" });
    await expect(registry.setAlias("no-such-model", "champion", "1")).rejects.toMatchObject({ code: "not_found" });
    await expect(registry.setAlias("no-such-model", "champion", null)).rejects.toMatchObject({ code: "not_found" });
  },
  "a version that isn't there is not_found": async ({ registry, makeModel }) => {
    const { model } = await makeModel([{}]);
    await expect(registry.read(model, ["1", "99"])).rejects.toMatchObject({ code: "not_found" });
    await expect(registry.setTag(model, "99", "a", "b")).rejects.toMatchObject({ code: "not_found" });
    await expect(registry.setStage(model, "99", "Staging", false)).rejects.toMatchObject({ code: "not_found" });
  },
  "a version shows its digest, run, stage and tags": async ({ registry, makeModel }) => {
    const { model, versions } = await makeModel([{ "gauntlet.digest": DIGEST, team: "spam" }, {}]);
    expect(await registry.read(model, ["2", "1"])).toEqual({
      aliases: {},
      versions: [
        { version: "2", digest: null, runId: versions[1]?.runId, stage: "None", tags: {}, metrics: {} },
        { version: "1", digest: DIGEST, runId: versions[0]?.runId, stage: "None", tags: { "gauntlet.digest": DIGEST, team: "spam" }, metrics: {} },
      ],
    });
  },
  "a version shows the latest finite figures of its run": async ({ registry, makeModel, score }) => {
    const { model, versions } = await makeModel([{}, {}]);
    const [first, second] = versions as [MadeModel["versions"][number], MadeModel["versions"][number]];
    await score(first, { name: "roc_auc", value: 0.5, at: 1 });
    await score(first, { name: "roc_auc", value: 0.91, at: 2 });
    await score(first, { name: "val/loss", value: 1e-7, at: 1 });
    await score(second, { name: "roc_auc", value: Number.NaN, at: 1 });
    await score(second, { name: "loss", value: Number.POSITIVE_INFINITY, at: 1 });
    await score(second, { name: "f1", value: 0, at: 1 });
    expect((await registry.read(model, ["1", "2"])).versions.map(({ metrics }) => metrics)).toEqual([{ roc_auc: 0.91, "val/loss": 1e-7 }, { f1: 0 }]);
  },
  "only the versions that were asked for are read": async ({ registry, makeModel }) => {
    const { model } = await makeModel([{}, {}]);
    expect((await registry.read(model, [])).versions).toEqual([]);
    expect((await registry.read(model, ["2"])).versions.map(({ version }) => version)).toEqual(["2"]);
  },
  "an alias is set, moved and removed": async ({ registry, makeModel }) => {
    const { model } = await makeModel([{}, {}]);
    await registry.setAlias(model, "champion", "1");
    await registry.setAlias(model, "previous", "1");
    expect((await registry.read(model, [])).aliases).toEqual({ champion: "1", previous: "1" });
    await registry.setAlias(model, "champion", "2");
    expect((await registry.read(model, [])).aliases).toEqual({ champion: "2", previous: "1" });
    await registry.setAlias(model, "previous", null);
    expect((await registry.read(model, [])).aliases).toEqual({ champion: "2" });
  },
  "setting an alias twice, or removing one that isn't there, succeeds": async ({ registry, makeModel }) => {
    const { model } = await makeModel([{}]);
    await registry.setAlias(model, "champion", "1");
    await registry.setAlias(model, "champion", "1");
    await registry.setAlias(model, "challenger", null);
    await registry.setAlias(model, "challenger", null);
    expect((await registry.read(model, [])).aliases).toEqual({ champion: "1" });
  },
  "an alias never names a version that isn't there": async ({ registry, makeModel }) => {
    const { model } = await makeModel([{}]);
    await registry.setAlias(model, "champion", "1");
    await expect(registry.setAlias(model, "champion", "99")).rejects.toMatchObject({ code: "not_found" });
    expect((await registry.read(model, [])).aliases).toEqual({ champion: "1" });
  },
  "names that mean something else are refused": async ({ registry, makeModel }) => {
    const { model } = await makeModel([{}]);
    for (const alias of ["latest", "Latest", "v1", "V12", "a b", "a.b", "", "a".repeat(256)]) {
      await expect(registry.setAlias(model, alias, "1"), alias).rejects.toMatchObject({ code: "registry_refused" });
    }
    expect((await registry.read(model, [])).aliases).toEqual({});
  },
  "of two writers one wins, and the other's value is gone": async ({ registry, makeModel }) => {
    const { model } = await makeModel([{}, {}]);
    await Promise.all([registry.setAlias(model, "champion", "1"), registry.setAlias(model, "champion", "2")]);
    expect(["1", "2"]).toContain((await registry.read(model, [])).aliases["champion"]);
  },
  "a tag is text, whatever it says": async ({ registry, makeModel }) => {
    const { model } = await makeModel([{}]);
    const texts = { empty: "", markup: "<script>alert(1)</script>", quote: `'"; DROP TABLE versions; --`, letters: "ü 日本 😀", lines: "a\nb\tc" };
    for (const [name, value] of Object.entries(texts)) await registry.setTag(model, "1", name, value);
    await registry.setTag(model, "1", "twice", "before");
    await registry.setTag(model, "1", "twice", "after");
    expect((await registry.read(model, ["1"])).versions[0]?.tags).toEqual({ ...texts, twice: "after" });
  },
  "a stage moves, and archives the others of that stage only when told to": async ({ registry, makeModel }) => {
    const { model, versions } = await makeModel([{}, {}, {}]);
    const stages = async () => (await registry.read(model, versions.map(({ version }) => version))).versions.map(({ stage }) => stage);
    await registry.setStage(model, "1", "Production", false);
    await registry.setStage(model, "2", "Production", false);
    expect(await stages()).toEqual(["Production", "Production", "None"]);
    await registry.setStage(model, "3", "Production", true);
    await registry.setStage(model, "3", "Production", true);
    expect(await stages()).toEqual(["Archived", "Archived", "Production"]);
    await registry.setStage(model, "1", "Staging", false);
    expect(await stages()).toEqual(["Staging", "Archived", "Production"]);
  },
  "stages and aliases don't touch one another": async ({ registry, makeModel }) => {
    const { model } = await makeModel([{}, {}]);
    await registry.setAlias(model, "champion", "1");
    await registry.setStage(model, "1", "Production", false);
    await registry.setStage(model, "2", "Production", true);
    expect((await registry.read(model, [])).aliases).toEqual({ champion: "1" });
  },
  "models don't touch one another": async ({ registry, makeModel }) => {
    const first = await makeModel([{}]);
    const second = await makeModel([{}]);
    await registry.setAlias(first.model, "champion", "1");
    await registry.setStage(first.model, "1", "Production", true);
    expect(await registry.read(second.model, ["1"])).toMatchObject({ aliases: {}, versions: [{ stage: "None" }] });
  },
};

const ARTIFACTS: Checks = {
  "a file that isn't there reads as null": async ({ artifacts, makeModel }) => {
    const { runId } = await firstRun(makeModel);
    expect(await artifacts.read(runId, "decision.md")).toBeNull();
    expect(await artifacts.read(runId, "no/such/folder.md")).toBeNull();
  },
  "what was written is read, byte for byte": async ({ artifacts, makeModel }) => {
    const { runId } = await firstRun(makeModel);
    const texts = { "decision.md": "# promoted ü 日本 😀\r\n\n", "deep/er/file.yaml": "a: 1\n", "with space & 100%.txt": "x", "empty.txt": "", "large.txt": "0123456789abcdef".repeat(1 << 16) };
    for (const [path, content] of Object.entries(texts)) await artifacts.write(runId, path, content);
    for (const [path, content] of Object.entries(texts)) expect(await artifacts.read(runId, path), path).toBe(content);
  },
  "a digest is that of the bytes; a file that isn't there has none": async ({ artifacts, makeModel }) => {
    const { runId } = await firstRun(makeModel);
    await artifacts.write(runId, "folder/ü.json", "ünï");
    expect(await artifacts.digest(runId, "folder/ü.json")).toBe(createHash("sha256").update("ünï").digest("hex"));
    expect(await artifacts.digest(runId, "folder/none.json")).toBeNull();
    await expect(artifacts.digest(runId, "../x")).rejects.toMatchObject({ code: "invalid_input" });
  },
  "writing again replaces": async ({ artifacts, makeModel }) => {
    const { runId } = await firstRun(makeModel);
    await artifacts.write(runId, "decision.md", "a longer first text");
    await artifacts.write(runId, "decision.md", "second");
    await artifacts.write(runId, "decision.md", "second");
    expect(await artifacts.read(runId, "decision.md")).toBe("second");
  },
  "runs don't share files": async ({ artifacts, makeModel }) => {
    const { versions } = await makeModel([{}, {}]);
    await artifacts.write(versions[0]?.runId ?? "", "decision.md", "first");
    expect(await artifacts.read(versions[1]?.runId ?? "", "decision.md")).toBeNull();
  },
  "a path can't leave the run": async ({ artifacts, makeModel }) => {
    const { runId } = await firstRun(makeModel);
    for (const path of ["../x", "a/../../x", "/etc/passwd", "", "a//b", ".", "a\\..\\b", "a\0b"]) {
      await expect(artifacts.write(runId, path, "x"), JSON.stringify(path)).rejects.toMatchObject({ code: "invalid_input" });
      await expect(artifacts.read(runId, path), JSON.stringify(path)).rejects.toMatchObject({ code: "invalid_input" });
    }
  },
  "a run that isn't there is not_found": async ({ artifacts }) => {
    const nobody = "0".repeat(32);
    await expect(artifacts.read(nobody, "decision.md")).rejects.toMatchObject({ code: "not_found" });
    await expect(artifacts.write(nobody, "decision.md", "x")).rejects.toMatchObject({ code: "not_found" });
  },
};

async function firstRun(makeModel: RegistryHarness["makeModel"]): Promise<{ readonly runId: string }> {
  const { versions } = await makeModel([{}]);
  const run = versions[0];
  if (run === undefined) throw new Error("the harness made no version");
  return run;
}
