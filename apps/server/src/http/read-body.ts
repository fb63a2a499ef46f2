import { Failure } from "@gauntlet/core";
import type { Context } from "hono";
import type { z } from "zod";

/** The text of a request. @throws Failure `too_large` as soon as more than `bytesMax` have come, whatever the header announced. */
export async function readText(c: Context, bytesMax: number): Promise<string> {
  const announced = c.req.header("content-length");
  if (announced !== undefined) {
    // A server never hands over more than was announced.
    if (!(Number(announced) <= bytesMax)) throw tooLarge(bytesMax);
    return c.req.text();
  }
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The bytes of a request. @throws Failure `too_large` as soon as more than `bytesMax` have come. */
export async function readBytes(c: Context, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** As `readText`, of a body that may be compressed by gzip; the limit is that of the text. @throws Failure `unsupported_media_type` for another compression. */
export async function readCompressed(c: Context, bytesMax: number): Promise<string> {
  const encoding = (c.req.header("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return readText(c, bytesMax);
  if (encoding !== "gzip") throw new Failure("unsupported_media_type", `the compression ${encoding.slice(0, 40)} is not read here`, { fix: "use gzip, or none" });
  const announced = c.req.header("content-length");
  if (announced !== undefined && !(Number(announced) <= bytesMax)) throw tooLarge(bytesMax);
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of (c.req.raw.body ?? new Blob([]).stream()).pipeThrough(new DecompressionStream("gzip"))) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) throw tooLarge(bytesMax);
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure("invalid_input", "the body is not compressed by gzip, as its content-encoding says", { fix: "compress it, or leave the header out", cause });
  }
  return text + decoder.decode();
}

/** @throws Failure `invalid_input` when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure("invalid_input", `the body is not JSON: ${(cause as Error).message}`, { fix: "send one JSON object with the content type application/json", cause });
  }
}

/** @throws Failure `invalid_input` naming every place that is wrong. */
export function parseAs<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({ pointer: issue.path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""), detail: issue.message }));
  throw new Failure("invalid_input", `the body is malformed: ${problems[0]?.pointer ?? ""} ${problems[0]?.detail ?? ""}`, { problems, fix: "see /openapi.json for the shape of the body" });
}

function tooLarge(bytesMax: number): Failure {
  return new Failure("too_large", `the body is larger than ${bytesMax} bytes`, { fix: "send it in several smaller requests" });
}
