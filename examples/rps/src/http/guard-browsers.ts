import { Failure } from "@gauntlet/core";
import type { Context } from "hono";

import type { RpsHttpOptions } from "./options.ts";

/**
 * What protects a person whose browser has another site open beside this one. A Host that is none of ours is refused, so
 * that no page reaches us through a name that it points at this machine (DNS rebinding); a change that a page of another
 * origin makes a browser send is refused too (CSRF). @throws Failure `forbidden`
 */
export function guardBrowsers(c: Context, { hosts }: RpsHttpOptions): void {
  const host = c.req.header("host") ?? new URL(c.req.url).host;
  const name = hostName(host);
  if (name === null || !isOurs(name, hosts)) throw new Failure("forbidden", `the server is not called "${host.slice(0, 100)}"`, { fix: "add the name to the allowed hosts of the server" });
  if (c.req.method === "GET" || c.req.method === "HEAD") return;
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  const isForeign = origin !== undefined && hostOfOrigin(origin) !== host.toLowerCase();
  if (isForeign || (site !== undefined && site !== "same-origin" && site !== "none")) throw new Failure("forbidden", `a page of ${origin?.slice(0, 100) ?? "another site"} may not change anything here`, { fix: "use the pages of this server, or a client that is not a browser" });
}

/** An address can't be pointed anywhere, so any is fine once the server listens beyond loopback. */
function isOurs(name: string, { listenHost, allowedHosts }: RpsHttpOptions["hosts"]): boolean {
  if (name === "localhost" || name === "127.0.0.1" || name === "[::1]") return true;
  if ([listenHost, ...allowedHosts].some((allowed) => allowed.toLowerCase() === name || `[${allowed.toLowerCase()}]` === name)) return true;
  const isLoopback = listenHost === "localhost" || listenHost === "::1" || /^127\.\d+\.\d+\.\d+$/.test(listenHost);
  return !isLoopback && (/^\d+\.\d+\.\d+\.\d+$/.test(name) || name.startsWith("["));
}

/** The name in a Host header, lower case, without its port. */
function hostName(host: string): string | null {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase() ?? null;
}

function hostOfOrigin(origin: string): string | null {
  const url = URL.parse(origin);
  return url !== null && (url.protocol === "http:" || url.protocol === "https:") ? url.host.toLowerCase() : null;
}
