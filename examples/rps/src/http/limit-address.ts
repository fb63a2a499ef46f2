import { getConnInfo } from "@hono/node-server/conninfo";
import { Failure } from "@gauntlet/core";
import type { Context } from "hono";

import { callerKey, clientAddress } from "../limit/client-address.ts";
import type { RpsHttpOptions } from "./options.ts";

/** Refuses a caller who begins too many games. @throws Failure `rate_limited` with the time to wait */
export function limitAddress(c: Context, { limit, metrics }: RpsHttpOptions): void {
  if (limit === null) return;
  const address = clientAddress(getConnInfo(c).remote.address ?? "", c.req.header("x-forwarded-for"), limit.proxies);
  const waitMs = limit.calls.take(callerKey(address));
  if (waitMs === 0) return;
  metrics.limited(c.req.path);
  throw new Failure("rate_limited", "too many games were begun from your address", { fix: `begin the next one in ${Math.ceil(waitMs / 1000)} s, or send the token`, retryAfterMs: waitMs });
}
