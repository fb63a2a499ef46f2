import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { extname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the pages live, beside the API's own paths: /leaderboard is data, /ui/leaderboard a page. */
const PAGES_PATH = "/ui/";

/** On every page and asset: nothing inline, nothing from elsewhere. */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/**
 * The built web pages, for GET requests: "/" leads to them, a path below /ui/ that is no file is a page of their own
 * router. Null for what is not theirs, and for a file that is not there.
 * @param dir what `builtPages` gives; null answers with how to build them.
 */
export function pageResponse(dir: string | null, path: string): Response | null {
  if (path === "/" || path === "/ui") return new Response(null, { status: 302, headers: { ...PAGE_HEADERS, location: PAGES_PATH } });
  if (!path.startsWith(PAGES_PATH)) return null;
  if (dir === null) return new Response(MISSING, { headers: { ...PAGE_HEADERS, "content-type": "text/plain; charset=utf-8" } });
  const file = fileOf(dir, path.slice(PAGES_PATH.length));
  if (file !== null) return fileResponse(file, path.startsWith(`${PAGES_PATH}assets/`));
  return extname(path) === "" ? fileResponse(join(dir, "index.html"), false) : null;
}

const MISSING = "The game is running. Its pages are not built: run `node scripts/setup.mjs --rps` in the repository, then start again.\n";

/** The folder of the built pages of this repository; null when they are not built. */
export function builtPages(): string | null {
  const dir = fileURLToPath(new URL("../../web/dist", import.meta.url));
  return existsSync(join(dir, "index.html")) ? dir : null;
}

/** A regular file below `dir`, whatever the path or a link in it says. */
function fileOf(dir: string, path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  const wanted = resolve(dir, `./${decoded}`);
  if (decoded.includes("\0") || !wanted.startsWith(dir + sep) || !existsSync(wanted)) return null;
  return realpathSync(wanted).startsWith(realpathSync(dir) + sep) && statSync(wanted).isFile() ? wanted : null;
}

/** Files under assets/ carry a hash in their name, so they never change. */
function fileResponse(file: string, immutable: boolean): Response {
  return new Response(readFileSync(file), {
    headers: {
      ...PAGE_HEADERS,
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache",
    },
  });
}
