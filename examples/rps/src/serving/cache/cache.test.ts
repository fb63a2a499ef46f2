import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { folderDigest } from "../../artifact/folder-digest.ts";
import { CACHE_CASES } from "../testing/cache-conformance.ts";
import { markedAliases, markerKey, markerText, parseMarker, readMarkers, settleMarkers } from "./alias-markers.ts";
import { cleanUp, readRun, wholeRuns, writeRun } from "./cached-runs.ts";
import { directoryCache } from "./directory-cache.ts";
import type { ModelCache } from "./model-cache.ts";

let root: string;
let cache: ModelCache;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "gauntlet-rps-cache-"));
  cache = directoryCache(`${join(root, "models")}/`);
});
afterEach(() => rmSync(root, { recursive: true }));

const RUN = ["a", "b", "c"].map((digit) => digit.repeat(32)) as [string, string, string];
const text = new TextEncoder();
const FILES = new Map([["MLmodel", text.encode("flavors:")], ["model.json", text.encode("{}")]]);
const NAME = "rps_bot_xgboost";

test.each(CACHE_CASES)("a folder: $name", ({ run }) => run(cache));

test.each(["../x", "a/../../x", "/etc/passwd", "a//b", "", "a\\b", ".incoming/x"])("the key %j leads nowhere", async (key) => {
  await expect(cache.write(key, new Uint8Array())).rejects.toThrow("is no key");
  await expect(cache.read(key)).rejects.toThrow("is no key");
  await expect(cache.remove(key)).rejects.toThrow("is no key");
});

test("a run counts when all of it is there, whatever died while it was copied", async () => {
  let writes = 0;
  const dying = (after: number): ModelCache => ({ ...cache, write: async (key, content) => (writes++ < after ? cache.write(key, content) : Promise.reject(new Error("killed"))) });
  for (const after of [0, 1, 2]) {
    writes = 0;
    await expect(writeRun(dying(after), RUN[0], FILES)).rejects.toThrow("killed");
    expect(await readRun(cache, RUN[0], null)).toBeNull();
    expect(wholeRuns(await cache.list("")).size).toBe(0);
  }
  await cache.write(`${RUN[0]}/model/of-another-version`, new Uint8Array([1]));
  await writeRun(cache, RUN[0], FILES);
  expect(await readRun(cache, RUN[0], folderDigest(FILES))).toEqual(new Map([...FILES].map(([path, content]) => [path, Buffer.from(content)])));
});

test.each([
  ["a changed byte", async () => cache.write(`${RUN[0]}/model/model.json`, text.encode("[]"))],
  ["a missing file", async () => cache.remove(`${RUN[0]}/model/MLmodel`)],
  ["a file too many", async () => cache.write(`${RUN[0]}/model/extra`, new Uint8Array())],
  ["another digest than the registry's", async () => undefined],
])("%s is seen, and the run is no longer one", async (what, spoil) => {
  await writeRun(cache, RUN[0], FILES);
  await spoil();
  expect(await readRun(cache, RUN[0], what.startsWith("another") ? `sha256:${"0".repeat(64)}` : null)).toBeNull();
  expect(wholeRuns(await cache.list("")).size).toBe(0);
});

test("a marker is read as it is documented, and nothing else is one", () => {
  const marker = { name: NAME, alias: "Production", version: "11", runId: RUN[0] };
  expect([markerKey(marker), markerText(marker)]).toEqual([`${RUN[0]}/.alias_Production`, "rps_bot_xgboost@Production v11"]);
  expect(parseMarker(markerKey(marker), markerText(marker))).toEqual(marker);
  for (const wrong of ["", "rps_bot_xgboost", "rps_bot_xgboost@Production", "rps_bot_xgboost@Production v", "rps_bot_xgboost@Production v1.5", "rps_bot_xgboost@B v11", "@Production v1", "rps_bot_xgboost@Production v11 x"]) {
    expect(parseMarker(markerKey(marker), wrong), wrong).toBeNull();
  }
});

test("whichever write of a swap is the last before a crash, no alias points at two runs or at a version that it never had", async () => {
  const before = [{ name: NAME, alias: "Production", version: "10", runId: RUN[0] }, { name: NAME, alias: "B", version: "11", runId: RUN[1] }];
  const after = [{ name: NAME, alias: "Production", version: "11", runId: RUN[1] }, { name: NAME, alias: "B", version: "10", runId: RUN[0] }];
  for (let lives = 0; lives <= 4; lives++) {
    const place = directoryCache(join(root, `crash-${lives}`));
    await settleMarkers(place, new Map(), before);
    let left = lives;
    const guarded = <A extends readonly unknown[]>(call: (...args: A) => Promise<void>) => async (...args: A): Promise<void> => (left-- > 0 ? call(...args) : Promise.reject(new Error("killed")));
    const dying: ModelCache = { ...place, write: guarded(place.write), remove: guarded(place.remove) };
    const settled = settleMarkers(dying, await readMarkers(place, await place.list("")), after);
    await (lives === 4 ? settled : expect(settled).rejects.toThrow("killed"));
    const seen = markedAliases((await readMarkers(place, await place.list(""))).values(), NAME);
    expect(Object.fromEntries([...seen].map(([alias, { version }]) => [alias, version])), `${lives} writes`).toEqual([{ Production: "10", B: "11" }, { B: "11" }, {}, { Production: "11" }, { Production: "11", B: "10" }][lives]);
  }
});

test("an alias with two markers points at nothing; another model's marker is not ours", async () => {
  for (const [i, version] of [14, 11].entries()) await cache.write(`${RUN[i]}/.alias_Production`, text.encode(`${NAME}@Production v${version}`));
  await cache.write(`${RUN[2]}/.alias_B`, text.encode("somebody@B v3"));
  const markers = await readMarkers(cache, await cache.list(""));
  expect(markedAliases(markers.values(), NAME)).toEqual(new Map());
  expect([...markedAliases(markers.values(), "somebody").keys()]).toEqual(["B"]);
});

test("clean-up removes what is below the run ids that aren't kept, one object at a time and its marker first", async () => {
  for (const run of RUN.slice(0, 2)) {
    await writeRun(cache, run, FILES);
    await cache.write(`${run}/.alias_B`, text.encode(`${NAME}@B v1`));
  }
  await cache.write("summary.csv", text.encode("not a run"));
  await cache.write(`${"A".repeat(32)}/model/x`, text.encode("not a run id"));
  const removed: string[] = [];
  const watched: ModelCache = { ...cache, remove: (key) => (removed.push(key), cache.remove(key)) };
  expect(await cleanUp(watched, await cache.list(""), new Set([RUN[0]]))).toBe(4);
  expect(removed.slice(0, 2).toSorted()).toEqual([`${RUN[1]}/.alias_B`, `${RUN[1]}/.digest`]);
  expect((await cache.list("")).map((key) => key.split("/")[0])).toEqual(["A".repeat(32), ...Array.from({ length: 4 }, () => RUN[0]), "summary.csv"]);
  expect(readdirSync(join(root, "models"))).not.toContain(RUN[1]);
});
