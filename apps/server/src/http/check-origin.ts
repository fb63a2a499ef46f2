import { Failure } from "@gauntlet/core";

export interface OriginRules {
  /** The host the server listens on. */
  readonly listenHost: string;
  /** Further names, from the configuration. */
  readonly allowedHosts: readonly string[];
}

/**
 * Refuses a Host that is none of ours, so that a page elsewhere can't reach us through a name that it points at this
 * machine (DNS rebinding). An address can't be pointed anywhere, so any is fine once the server listens beyond loopback.
 * @throws Failure `forbidden`
 */
export function checkHost(host: string, rules: OriginRules): void {
  const name = hostName(host);
  if (name !== null && allows(name, rules)) return;
  throw new Failure("forbidden", `the server is not called "${host.slice(0, 100)}"`, { fix: "add the name to allowedHosts in gauntlet.yaml" });
}

/** Refuses a change that a page of another origin makes a browser send (CSRF). @throws Failure `forbidden` */
export function checkOrigin(headers: { readonly origin: string | undefined; readonly fetchSite: string | undefined }, host: string): void {
  const { origin, fetchSite } = headers;
  const foreign = origin !== undefined && originHost(origin) !== host.toLowerCase();
  if (!foreign && (fetchSite === undefined || fetchSite === "same-origin" || fetchSite === "none")) return;
  throw new Failure("forbidden", `a page of ${origin ?? "another site"} may not change anything here`, { fix: "use the console of this server, or a client that is not a browser" });
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function allows(name: string, { listenHost, allowedHosts }: OriginRules): boolean {
  if (name === "localhost" || name === "127.0.0.1" || name === "[::1]") return true;
  if ([listenHost, ...allowedHosts].some((allowed) => allowed.toLowerCase() === name || `[${allowed.toLowerCase()}]` === name)) return true;
  return !isLoopback(listenHost) && (/^\d+\.\d+\.\d+\.\d+$/.test(name) || name.startsWith("["));
}

/** The name in a Host header, lower case, without its port. */
function hostName(host: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?$/i.exec(host);
  return match?.[1]?.toLowerCase() ?? null;
}

function originHost(origin: string): string | null {
  try {
    const url = new URL(origin);
    return url.protocol === "http:" || url.protocol === "https:" ? url.host.toLowerCase() : null;
  } catch {
    return null;
  }
}
