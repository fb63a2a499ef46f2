import type { VersionFile } from "./version-file.ts";

/** What a signed statement says of a model's files. */
export interface SignedFiles {
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** Paths that the signer left out, each with all that is below it. */
  readonly ignored: readonly string[];
}

/** How many files a sentence names. */
const NAMED_MAX = 3;

/**
 * What the files of a version are other than those that were signed, in words; null when they are the same, each of them and
 * no others. Whatever the signer left out says nothing.
 */
export function compareFiles(files: readonly VersionFile[], { files: signed, ignored }: SignedFiles): string | null {
  const isIgnored = (path: string): boolean => ignored.some((left) => path === left || path.startsWith(`${left}/`));
  const there = new Map(files.map((file) => [file.path, file.sha256]));
  const known = new Map(signed.map((file) => [file.path, file.sha256]));
  const changed = signed.filter(({ path, sha256 }) => there.has(path) && there.get(path) !== sha256).map(({ path }) => path);
  const missing = signed.filter(({ path }) => !there.has(path)).map(({ path }) => path);
  const extra = files.filter(({ path }) => !known.has(path) && !isIgnored(path)).map(({ path }) => path);
  const told = [say(changed, "is not what was signed", "are not what was signed"), say(missing, "was signed and is not there", "were signed and are not there"), say(extra, "is there and was not signed", "are there and were not signed")];
  const found = told.filter((text) => text !== null);
  return found.length === 0 ? null : `${found.join("; ")}.`;
}

function say(paths: readonly string[], one: string, many: string): string | null {
  if (paths.length === 0) return null;
  const named = paths.slice(0, NAMED_MAX).map((path) => JSON.stringify(path.slice(0, 200)));
  const more = paths.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""} ${paths.length === 1 ? one : many}`;
}
