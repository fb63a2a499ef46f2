import type { RouteContext } from "../routes/operation.ts";
import { isOfrepPath } from "./ofrep-response.ts";

/** Whether the request is an evaluation by a page whose origin the configuration allows. */
export function isAllowedPage(request: { readonly path: string; readonly origin: string | undefined }, allowedOrigins: readonly string[]): boolean {
  return request.origin !== undefined && isOfrepPath(request.path) && allowedOrigins.includes(request.origin);
}

/** Lets a page of an allowed origin ask what its unit is given, and hear of changes: CORS, for OFREP alone and without cookies. */
export function crossOrigin(allowedOrigins: readonly string[]) {
  return async (c: RouteContext, next: () => Promise<void>): Promise<Response | void> => {
    const origin = c.req.header("origin");
    if (!isAllowedPage({ path: c.req.path, origin }, allowedOrigins)) return next();
    if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers: { ...allow(origin), ...PREFLIGHT } });
    await next();
    for (const [name, value] of Object.entries(allow(origin))) c.res.headers.set(name, value);
  };
}

function allow(origin: string | undefined): Readonly<Record<string, string>> {
  return { "access-control-allow-origin": origin ?? "", "access-control-expose-headers": "etag, retry-after", vary: "origin" };
}

const PREFLIGHT = {
  "access-control-allow-methods": "POST, GET",
  "access-control-allow-headers": "authorization, content-type, if-none-match, x-api-key, cache-control, last-event-id",
  "access-control-max-age": "600",
};
