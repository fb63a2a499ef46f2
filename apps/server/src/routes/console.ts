import { readFileSync, existsSync, realpathSync, statSync } from "node:fs";
import { extname, join, resolve, sep } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".map": "application/json",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * The built console. A path that is no file is a page of the console's own router, so it gets the start page; null for a
 * path that looks like a file and is none. `dir` null: a page that says how to build it.
 */
export function consoleResponse(dir: string | null, path: string): Response | null {
  if (dir === null) return new Response(MISSING, { status: 200, headers: { "content-type": "text/plain; charset=utf-8" } });
  const file = fileOf(dir, path);
  if (file !== null) return fileResponse(file, path.startsWith("/assets/"));
  return extname(path) === "" || PAGES.test(path) ? fileResponse(join(dir, "index.html"), false) : null;
}

const MISSING = "Gauntlet is running. The console is not built: run `node scripts/setup.mjs --console` in the repository, then start again.\n";

/** Pages whose last part is a name from outside, which may hold a dot. */
const PAGES = /^\/models\//;

/** A regular file below `dir`, whatever the path or a link in it says. */
function fileOf(dir: string, path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  const wanted = resolve(dir, `.${decoded}`);
  if (decoded.includes("\0") || decoded === "/" || !wanted.startsWith(dir + sep) || !existsSync(wanted)) return null;
  return realpathSync(wanted).startsWith(realpathSync(dir) + sep) && statSync(wanted).isFile() ? wanted : null;
}

/** Files under /assets carry a hash in their name, so they never change. */
function fileResponse(file: string, immutable: boolean): Response {
  return new Response(readFileSync(file), {
    headers: {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache",
    },
  });
}
