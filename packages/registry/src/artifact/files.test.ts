import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openArtifactFiles } from "./files.ts";
import type { ArtifactFiles } from "./files.ts";

let dir: string;
let root: string;
let files: ArtifactFiles;
let ids = 0;
const reopen = () => openArtifactFiles(root, { newId: () => `id${(ids += 1)}`, fileBytesMax: 100 });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "gauntlet-files-"));
  root = join(dir, "artifacts");
  files = await reopen();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

async function* brokenOff(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode("half");
  throw new Error("the client went away");
}

test("a file is written in pieces, listed and removed", async () => {
  await files.write("1/run/a.txt", chunks("one ", "two"));
  expect(await readFile(join(root, "1/run/a.txt"), "utf8")).toBe("one two");
  expect(await files.list("")).toEqual([{ name: "1", isFolder: true, size: null }]);
  expect(await files.list("1/run")).toEqual([{ name: "a.txt", isFolder: false, size: 7 }]);
  await files.remove("1");
  expect(await files.list("")).toEqual([]);
  await expect(files.remove("1")).rejects.toMatchObject({ code: "not_found" });
});

test("an upload that breaks off, or is too large, leaves the file as it was and nothing else", async () => {
  await files.write("a.txt", chunks("before"));
  await expect(files.write("a.txt", brokenOff())).rejects.toThrow("went away");
  await expect(files.write("a.txt", chunks("x".repeat(60), "y".repeat(60)))).rejects.toMatchObject({ code: "too_large" });
  expect(await readFile(join(root, "a.txt"), "utf8")).toBe("before");
  expect(await readdir(join(root, ".incoming"))).toEqual([]);
});

test("what a crash left half-written is gone after a start, and was never in reach", async () => {
  await writeFile(join(root, ".incoming/half"), "half");
  for (const call of [() => files.open(".incoming/half"), () => files.list(".incoming"), () => files.remove(".incoming"), () => files.write(".incoming/x", chunks("x"))]) {
    await expect(call()).rejects.toMatchObject({ code: "invalid_input" });
  }
  expect(await files.list("")).toEqual([]);
  files = await reopen();
  expect(existsSync(join(root, ".incoming/half"))).toBe(false);
});

test("a symbolic link is neither read, nor written through, nor listed, nor followed into a folder", async () => {
  await writeFile(join(dir, "secret.txt"), "secret");
  await mkdir(join(dir, "outside"));
  await symlink(join(dir, "secret.txt"), join(root, "link.txt"));
  await symlink(join(dir, "outside"), join(root, "folder"));
  await expect(files.open("link.txt")).rejects.toMatchObject({ code: "invalid_input" });
  await expect(files.write("link.txt", chunks("x"))).rejects.toMatchObject({ code: "invalid_input" });
  await expect(files.write("folder/x.txt", chunks("x"))).rejects.toMatchObject({ code: "invalid_input" });
  await expect(files.list("folder")).rejects.toMatchObject({ code: "invalid_input" });
  await expect(files.remove("folder")).rejects.toMatchObject({ code: "invalid_input" });
  expect(await files.list("")).toEqual([]);
  expect(await readFile(join(dir, "secret.txt"), "utf8")).toBe("secret");
  expect(await readdir(join(dir, "outside"))).toEqual([]);
});

test("a file is not a folder, and a folder is not a file", async () => {
  await files.write("a/b.txt", chunks("x"));
  await expect(files.write("a/b.txt/c.txt", chunks("x"))).rejects.toMatchObject({ code: "invalid_input" });
  await expect(files.write("a", chunks("x"))).rejects.toMatchObject({ code: "invalid_input" });
  expect(await files.open("a")).toBeNull();
  expect(await files.open("a/b.txt/c.txt")).toBeNull();
  expect(await files.list("a/b.txt")).toEqual([]);
});
