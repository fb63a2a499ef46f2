import { createHash } from "node:crypto";
import { expect, test } from "vitest";

import { createMlflowClient } from "./client.ts";
import { mlflowVersionFiles } from "./version-files.ts";

const FOLDER = "1/models/m-1/artifacts";
const PROXY = "/api/2.0/mlflow-artifacts/artifacts";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const noBeat = async (): Promise<void> => undefined;

interface Stored {
  readonly uri?: string;
  /** What is listed in each folder; a name that ends with "/" is one of them. */
  readonly folders?: Readonly<Record<string, readonly string[]>>;
  /** The folders that were asked for. */
  readonly asked?: string[];
  readonly answer?: (path: string) => Response | Promise<Response>;
}

/** A server that keeps `FOLDER`; each file's bytes are its own path. */
function filesOf({ uri = `mlflow-artifacts:/${FOLDER}`, folders = { "": ["MLmodel", "data/"], data: ["model.pkl"] }, asked, answer }: Stored, limits?: Parameters<typeof mlflowVersionFiles>[1]) {
  const client = createMlflowClient({
    url: "http://registry.test",
    timeoutMs: 200,
    retries: 1,
    sleep: async () => undefined,
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname.endsWith("/get-download-uri")) return Response.json({ artifact_uri: uri });
      if (pathname.endsWith("/runs/get")) return Response.json({ run: { info: { run_id: "r1", artifact_uri: "mlflow-artifacts:/1/r1/artifacts" } } });
      if (pathname === PROXY) {
        asked?.push(searchParams.get("path") ?? "");
        const folder = (searchParams.get("path") ?? "").slice(FOLDER.length + 1);
        return Response.json({ files: (folders[folder] ?? []).map((name) => ({ path: name.replace(/\/$/, ""), is_dir: name.endsWith("/") })) });
      }
      const path = decodeURIComponent(pathname.slice(`${PROXY}/${FOLDER}/`.length));
      return answer?.(path) ?? new Response(path);
    },
  });
  return mlflowVersionFiles(client, limits);
}

test("every file of a version is digested, in the order of their paths, and one of them is read as text", async () => {
  const files = filesOf({});
  expect(await files.list("fraud", "2", noBeat)).toEqual(["MLmodel", "data/model.pkl"].map((path) => ({ path, sha256: sha256(path), bytes: path.length })));
  expect(await files.text("fraud", "2", "data/model.pkl")).toBe("data/model.pkl");
  expect(await files.text("fraud", "2", "model.sig")).toBe(null);
});

test("a source of a run is found below the run", async () => {
  const asked: string[] = [];
  await expect(filesOf({ uri: "runs:/r1/model", asked, folders: {} }).list("fraud", "2", noBeat)).rejects.toMatchObject({ code: "not_found", message: expect.stringContaining("has no files") as string });
  expect(asked).toEqual(["1/r1/artifacts/model"]);
});

test.each([
  ["a folder above", { folders: { "": [".."] } }, "registry_refused", /lists "\.\."/],
  ["a path in a name", { folders: { "": ["../secret"] } }, "registry_refused", /lists "\.\.\/secret"/],
  ["a backslash in a name", { folders: { "": ["a\\b"] } }, "registry_refused", /is no name of one/],
  ["a store that the server does not hand out", { uri: "s3://bucket/model" }, "registry_refused", /does not hand out/],
  ["folders without end", { folders: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [Array(n).fill("a").join("/"), ["a/"]])) }, "too_large", /folders deep/],
  ["too many files", { folders: { "": ["1", "2", "3", "4"] } }, "too_large", /more than the 3 files/],
  ["more bytes than are read", { answer: () => new Response("x".repeat(60)) }, "too_large", /more than the 100 bytes/],
  ["no answer", { answer: () => new Promise<Response>(() => undefined) }, "registry_unavailable", /nothing came for 200 ms/],
  ["an answer that stops in the middle", { answer: () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(10)) })) }, "registry_unavailable", /nothing came for 200 ms/],
  ["a server that is broken", { answer: () => new Response("{}", { status: 500 }) }, "registry_unavailable", /answered 500/],
])("%s is a failure, never a list of files", async (_, stored, code, told) => {
  const failure: unknown = await filesOf(stored, { bytesMax: 100, filesMax: 3 }).list("fraud", "2", noBeat).then(() => null, (error: unknown) => error);
  expect(failure).toMatchObject({ code, message: expect.stringMatching(told) as string });
});

test("an answer that breaks off is asked for again from its beginning", async () => {
  let asked = 0;
  const half = () => new Response(new ReadableStream({ start: (stream) => { stream.enqueue(new TextEncoder().encode("wrong")); stream.error(new Error("reset")); } }));
  const files = await filesOf({ folders: { "": ["MLmodel"] }, answer: () => (asked++ === 0 ? half() : new Response("right")) }).list("fraud", "2", noBeat);
  expect(files).toEqual([{ path: "MLmodel", sha256: sha256("right"), bytes: 5 }]);
});
