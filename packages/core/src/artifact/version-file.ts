import { sha256 } from "../digest/sha256.ts";

/** A file of a registered version. */
export interface VersionFile {
  /** Relative to the version's folder, with "/". */
  readonly path: string;
  /** Of its bytes, 64 hex digits. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * What stands for all of them: `sha256:` and the SHA-256 of one line a file, `<sha256>  <path>`, in the order of their paths'
 * UTF-16 code units. Of plain names it is what `find . -type f -printf '%P\n' | LC_ALL=C sort | xargs sha256sum | sha256sum`
 * prints.
 */
export function filesDigest(files: readonly VersionFile[]): string {
  const lines = files.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map((file) => `${file.sha256}  ${file.path}\n`);
  return `sha256:${sha256(lines.join(""))}`;
}
