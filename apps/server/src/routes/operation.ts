import type { Context } from "hono";
import type { z } from "zod";

import type { Access } from "../auth/authenticate.ts";
import type { Services, Variables } from "../services.ts";

export type RouteContext = Context<{ Variables: Variables }>;

/** One route: what it is, who may call it, and how it answers. The router, the guard and /openapi.json all read this. */
export interface Operation {
  readonly method: "GET" | "POST" | "DELETE";
  /** As Hono writes it: `/v1/models/:model`. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: z.ZodType;
  /** A change that is done once for a key, however often it is sent. */
  readonly idempotencyKey?: true;
  readonly answer: {
    readonly type: string;
    readonly schema?: z.ZodType;
    readonly status?: number;
    /** Other statuses with an answer of the same shape, and what each means. */
    readonly also?: Readonly<Record<number, string>>;
  };
  readonly handle: (c: RouteContext, services: Services) => Promise<Response>;
}
