import { Failure } from "@gauntlet/core";
import type { Fields } from "./fields.ts";
import { isObject } from "./fields.ts";
import { invalid } from "./problem.ts";

/**
 * The fields of a request: its query for GET, its JSON body otherwise. A body that isn't JSON counts as empty, as
 * MLflow has it, so that the complaint names the first field that is missing.
 */
export async function readSource(request: Request, limitBytes: number): Promise<Fields> {
  const url = new URL(request.url);
  if (request.method === "GET" && url.search !== "") return fromQuery(url.searchParams);
  if (!hasBody(request)) return {};
  const contentType = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (contentType !== "application/json") {
    throw invalid(`Bad Request. Content-Type must be 'application/json', not '${contentType ?? ""}'.`);
  }
  const text = new TextDecoder().decode(await readBytes(request, limitBytes));
  if (text.length > 0 && depthOf(text) > DEPTH_MAX) throw invalid(`The request body is nested deeper than ${DEPTH_MAX} levels.`);
  return parseObject(text);
}

/** A request that came over a socket has a stream even when nothing is in it. */
function hasBody(request: Request): boolean {
  const { headers } = request;
  return request.body !== null && headers.get("content-length") !== "0" && (headers.has("content-length") || headers.has("transfer-encoding") || headers.has("content-type"));
}

/** @throws Failure `too_large` as soon as more than `limitBytes` have come, whatever the header announced. */
async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > limitBytes) throw tooLarge(limitBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

export function tooLarge(limitBytes: number): Failure {
  return new Failure("too_large", `The request body is larger than ${limitBytes} bytes.`, { fix: "Send less in one request." });
}

const DEPTH_MAX = 32;

/** Counts brackets outside strings; a cheap bound that needs no parse. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (inText) {
      if (character === 92) index += 1;
      else if (character === 34) inText = false;
    } else if (character === 34) inText = true;
    else if (character === 91 || character === 123) deepest = Math.max(deepest, (depth += 1));
    else if (character === 93 || character === 125) depth -= 1;
  }
  return deepest;
}

function fromQuery(query: URLSearchParams): Fields {
  const result: Record<string, unknown> = Object.create(null);
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    result[name] = LISTS.has(name) ? values : values[0];
  }
  return result;
}

/** Repeated fields of the GET calls; a query can't say whether a name that comes once is a list. */
const LISTS = new Set(["order_by", "stages", "run_ids"]);

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
    // Old clients encode their JSON twice.
    if (typeof value === "string") value = JSON.parse(value);
  } catch {
    return {};
  }
  return isObject(value) ? value : {};
}
