import { requireRun } from "../run/read.ts";
import type { Input } from "../request/fields.ts";
import { unlessEmpty } from "../request/json.ts";
import { absent, invalid } from "../request/problem.ts";
import { route } from "../request/route.ts";
import type { Context, Route } from "../request/route.ts";
import { requireLoggedModel } from "../logged-model/read.ts";
import { artifactParts } from "./path.ts";

const ofRun = { run_id: "text!", path: "text", page_token: "text" } as const;
const ofModel = { model_id: "text!", artifact_directory_path: "text" } as const;

export const artifactRoutes: readonly Route[] = [
  route({ method: "GET", path: "/artifacts/list", fields: ofRun, answer: listOfRun }),
  route({ method: "GET", path: "/logged-models/:model_id/artifacts/directories", fields: ofModel, answer: listOfModel }),
];

/** Raw bytes below `/api/2.0/mlflow-artifacts/artifacts/`; `encoded` is the rest of the path as it came. */
export async function serveArtifact(context: Context, request: Request, encoded: string): Promise<Response> {
  const path = decodeOnce(encoded);
  if (path === "") {
    if (request.method === "PUT" || request.method === "DELETE") throw invalid("Invalid path");
    return listRoot(context, new URL(request.url).searchParams.get("path") ?? "");
  }
  if (request.method === "PUT") {
    await context.files.write(path, request.body ?? emptyBody());
    return Response.json({});
  }
  if (request.method === "DELETE") {
    await context.files.remove(path);
    return Response.json({});
  }
  return download(context, request.method, path);
}

async function download(context: Context, method: string, path: string): Promise<Response> {
  const file = await context.files.open(path);
  if (file === null) throw absent(`No such artifact: '${path}'`);
  const headers = {
    // Whatever a client stored is data: no browser may take it for a page of ours.
    "content-type": "application/octet-stream",
    "content-disposition": "attachment",
    "x-content-type-options": "nosniff",
    "content-length": String(file.size),
  };
  if (method === "HEAD") {
    await file.handle.close();
    return new Response(null, { headers });
  }
  if (file.size <= SMALL_BYTES) {
    try {
      return new Response(await file.handle.readFile(), { headers });
    } finally {
      await file.handle.close();
    }
  }
  return new Response(file.handle.readableWebStream({ autoClose: true }) as ReadableStream<Uint8Array>, { headers });
}

const SMALL_BYTES = 1 << 20;

async function listRoot(context: Context, path: string): Promise<Response> {
  const entries = await context.files.list(path);
  return Response.json({ files: unlessEmpty(entries.map((entry) => ({ path: entry.name, is_dir: entry.isFolder, file_size: entry.size ?? undefined }))) });
}

async function listOfRun(context: Context, input: Input<typeof ofRun>): Promise<object> {
  return listBelow(context, String(requireRun(context, input.run_id)["artifact_uri"]), input.path ?? "");
}

async function listOfModel(context: Context, input: Input<typeof ofModel>): Promise<object> {
  return listBelow(context, String(requireLoggedModel(context, input.model_id)["artifact_uri"]), input.artifact_directory_path ?? "");
}

async function listBelow(context: Context, rootUri: string, path: string): Promise<object> {
  artifactParts(path);
  const root = rootUri.replace(/^mlflow-artifacts:\//, "");
  const entries = await context.files.list(path === "" ? root : `${root}/${path}`);
  const files = entries.map((entry) => ({ path: path === "" ? entry.name : `${path}/${entry.name}`, is_dir: entry.isFolder, file_size: entry.size ?? undefined }));
  return { files: unlessEmpty(files), root_uri: rootUri };
}

function decodeOnce(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw invalid("Invalid path");
  }
}

// oxlint-disable-next-line no-empty-function
async function* emptyBody(): AsyncGenerator<Uint8Array> {}
