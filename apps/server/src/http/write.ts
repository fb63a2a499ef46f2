import { Failure } from "@gauntlet/core";
import type { z } from "zod";

import type { RouteContext } from "../routes/operation.ts";
import type { Services } from "../services.ts";
import { once, requireKey } from "./idempotent.ts";
import { parseAs, parseJson, readText } from "./read-body.ts";

interface Write<T extends z.ZodType> {
  readonly c: RouteContext;
  readonly services: Services;
  readonly schema: T;
  /** What the key belongs to, beside the caller. */
  readonly name: string;
  readonly status: number;
  readonly bytesMax?: number;
}

/** Who writes, and under which key. */
interface Call {
  readonly actor: string;
  readonly idempotencyKey: string;
}

const BYTES_MAX = 1_000_000;

/** A change that a person asks for: parsed, done once for its key, answered as JSON. */
export async function write<T extends z.ZodType>({ c, services, schema, name, status, bytesMax = BYTES_MAX }: Write<T>, work: (body: z.output<T>, call: Call) => Promise<unknown>): Promise<Response> {
  const principal = c.get("principal");
  if (principal === null) throw new Failure("unauthorized", "this call needs a token", { fix: "send `Authorization: Bearer <token>`" });
  const key = requireKey(c.req.header("idempotency-key"));
  const payload = await readText(c, bytesMax);
  const body = parseAs(schema, parseJson(payload));
  const scope = JSON.stringify([principal.tokenId, "POST", name]);
  const answer = await once({ store: services.store.idempotency, key, scope, payload, now: Date.now() }, async () => {
    const written = await work(body, { actor: principal.name, idempotencyKey: `${principal.tokenId} ${key}` });
    services.log({ level: "info", message: `${name} by ${principal.name}` });
    return { status, body: JSON.stringify(written) };
  });
  return new Response(answer.body, { status: answer.status, headers: { "content-type": "application/json" } });
}
