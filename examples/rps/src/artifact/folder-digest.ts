import { createHash } from "node:crypto";

import type { ModelFiles } from "./model-folder.ts";

/** `sha256:` and the digest of all paths and contents, by path: the same for the same folder, wherever it is. */
export function folderDigest(files: ModelFiles): string {
  const all = createHash("sha256");
  for (const path of [...files.keys()].toSorted()) all.update(`${path}\0${createHash("sha256").update(files.get(path)!).digest("hex")}\n`);
  return `sha256:${all.digest("hex")}`;
}
