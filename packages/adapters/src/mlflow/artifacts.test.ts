import { createHash } from "node:crypto";
import { expect, test } from "vitest";

import { mlflowArtifacts } from "./artifacts.ts";
import { createMlflowClient } from "./client.ts";

const RUN = { run: { info: { run_id: "r", artifact_uri: "mlflow-artifacts:/1/r/artifacts" } } };
const FILE = "/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/deep/decision.md";
const FOLDER = "/api/2.0/mlflow-artifacts/artifacts?path=1%2Fr%2Fartifacts%2Fdeep";

/** MLflow over an object store: what is not there is a failure of the server. `broken`: how many calls fail beside. */
function objectStore(files: Readonly<Record<string, string>>, broken: { file: number; listing: number } = { file: 0, listing: 0 }) {
  const sent: string[] = [];
  const failed = (): Response => Response.json({ error_code: "INTERNAL_ERROR", message: "failures occurred while downloading" }, { status: 500 });
  const client = createMlflowClient({
    url: "http://registry.test",
    timeoutMs: 1000,
    retries: 2,
    sleep: async () => undefined,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      if (pathname.endsWith("/runs/get")) return Response.json(RUN);
      sent.push(pathname + search);
      if (search !== "") return broken.listing-- > 0 ? failed() : Response.json({ files: Object.keys(files).map((path) => ({ path, is_dir: false, file_size: 1 })) });
      const content = files[pathname.split("/").at(-1) ?? ""];
      return content === undefined || broken.file-- > 0 ? failed() : new Response(content);
    },
  });
  return { artifacts: mlflowArtifacts(client), sent };
}

test("a file that an object store does not have reads as null, after one look at its folder", async () => {
  const { artifacts, sent } = objectStore({ "other.md": "x" });
  expect([await artifacts.read("r", "deep/decision.md"), await artifacts.digest("r", "deep/decision.md")]).toEqual([null, null]);
  expect(sent).toEqual([FILE, FOLDER, FILE, FOLDER]);
});

test("one that it has is read although the server failed once", async () => {
  const { artifacts, sent } = objectStore({ "decision.md": "ü" }, { file: 2, listing: 1 });
  expect(await artifacts.digest("r", "deep/decision.md")).toBe(createHash("sha256").update("ü").digest("hex"));
  expect(sent).toEqual([FILE, FOLDER, FOLDER, FILE, FILE]);
});

test("a folder or a bucket that is gone has no file, and is no run that is gone", async () => {
  const answers = [Response.json(RUN), new Response("", { status: 500 }), Response.json({ error_code: "RESOURCE_DOES_NOT_EXIST", message: "NoSuchBucket" }, { status: 404 })];
  const client = createMlflowClient({ url: "http://registry.test", timeoutMs: 1000, retries: 0, fetch: async () => answers.shift() ?? new Response("", { status: 500 }) });
  expect(await mlflowArtifacts(client).read("r", "decision.md")).toBeNull();
});

test("a server that is broken does not say that a file is absent", async () => {
  for (const broken of [{ file: 9, listing: 0 }, { file: 9, listing: 9 }]) {
    await expect(objectStore({ "decision.md": "x" }, broken).artifacts.read("r", "deep/decision.md")).rejects.toMatchObject({ code: "registry_unavailable" });
  }
});
