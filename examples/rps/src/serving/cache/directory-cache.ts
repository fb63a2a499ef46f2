import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import type { ModelCache } from "./model-cache.ts";

/** Half-written files; out of reach of every key. */
const INCOMING = ".incoming";

/** The cache in a folder, which several processes may share. It is made when there is something to keep. */
export function directoryCache(folder: string): ModelCache {
  const root = resolve(folder);
  return {
    place: root,
    async list(prefix) {
      const end = prefix.lastIndexOf("/");
      const top = end < 0 ? root : pathOf(root, prefix.slice(0, end));
      const entries = await readdir(top, { recursive: true, withFileTypes: true }).catch(nullIfMissing);
      const keys = (entries ?? []).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1).replaceAll("\\", "/"));
      return keys.filter((key) => key.startsWith(prefix) && !key.startsWith(`${INCOMING}/`)).toSorted();
    },
    read: async (key) => readFile(pathOf(root, key)).catch(nullIfMissing),
    async write(key, content) {
      const path = pathOf(root, key);
      const incoming = join(root, INCOMING, randomUUID());
      await mkdir(dirname(incoming), { recursive: true });
      await writeFile(incoming, content);
      // A neighbour that removes the folder's last file removes the folder too.
      for (let tries = 1; ; tries++) {
        await mkdir(dirname(path), { recursive: true });
        try {
          return await rename(incoming, path);
        } catch (error) {
          if (tries < TRIES && codeOf(error) === "ENOENT") continue;
          await rm(incoming, { force: true });
          throw error;
        }
      }
    },
    async remove(key) {
      const path = pathOf(root, key);
      await rm(path, { force: true }).catch(nullIfMissing);
      // Folders that are empty now go too, as they do in a bucket.
      for (let folder = dirname(path); folder.length > root.length; folder = dirname(folder)) {
        if (!(await rmdir(folder).then(() => true, () => false))) break;
      }
    },
  };
}

const TRIES = 5;

/** @throws RangeError for a key that would lead out of the folder. */
function pathOf(root: string, key: string): string {
  const parts = key.split("/");
  // oxlint-disable-next-line no-control-regex
  if (parts[0] === INCOMING || parts.some((part) => part === "" || part === "." || part === ".." || /[\\\0]/.test(part))) throw new RangeError(`"${key.slice(0, 200)}" is no key of a model cache`);
  return join(root, ...parts);
}

function nullIfMissing(error: unknown): null {
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return null;
  throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : null;
}
