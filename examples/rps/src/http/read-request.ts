import { Failure } from "@gauntlet/core";
import type { Context } from "hono";
import type { z } from "zod";

/** The body of a request, parsed. @throws Failure `too_large`, `unsupported_media_type`, or `invalid_input` naming every place that is wrong. */
export async function readBody(c: Context, schema: z.ZodType, bytesMax: number): Promise<unknown> {
  const type = c.req.header("content-type") ?? "";
  // A form of a foreign page can't be sent as JSON without asking first.
  if (!/^application\/json\b/i.test(type)) throw new Failure("unsupported_media_type", `the body is "${type.slice(0, 60)}"`, { fix: "send JSON with the content type application/json" });
  return parsed(schema, parseJson(await readText(c, bytesMax)), "body");
}

/** The query of a request, parsed; a name that is given twice is refused. */
export function readQuery(c: Context, schema: z.ZodType): unknown {
  const all = c.req.queries();
  const twice = Object.keys(all).find((name) => all[name]!.length > 1);
  if (twice !== undefined) throw new Failure("invalid_input", `the query has ${twice.slice(0, 60)} more than once`, { fix: "give it once" });
  return parsed(schema, Object.fromEntries(Object.entries(all).map(([name, values]) => [name, values[0]])), "query");
}

async function readText(c: Context, bytesMax: number): Promise<string> {
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure("invalid_input", `the body is not JSON: ${(cause as Error).message}`, { fix: "send one JSON document", cause });
  }
}

function parsed(schema: z.ZodType, value: unknown, what: "body" | "query"): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => ({ pointer: issue.path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""), detail: issue.message }));
  throw new Failure("invalid_input", `the ${what} is malformed: ${problems[0]?.pointer ?? ""} ${problems[0]?.detail ?? ""}`, { problems, fix: `see /openapi.json for the shape of the ${what}` });
}

function tooLarge(bytesMax: number): Failure {
  return new Failure("too_large", `the body is larger than ${bytesMax} bytes`, { fix: "send less at once" });
}
