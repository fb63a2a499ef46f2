import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { absent, invalid } from "../request/problem.ts";
import { tooLarge } from "../request/body.ts";
import { artifactParts } from "./path.ts";

interface FileEntry {
  /** The name alone, without its folder. */
  readonly name: string;
  readonly isFolder: boolean;
  /** Bytes; null for a folder. */
  readonly size: number | null;
}

/** Files below one directory. No path leads out of it, and no symbolic link is followed. */
export interface ArtifactFiles {
  /** Replaces the file at once: a reader sees the old content or the new one, and it is on disk when this returns. */
  write(path: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  /** The caller closes the handle. null when there is no such file. */
  open(path: string): Promise<{ readonly handle: FileHandle; readonly size: number } | null>;
  /** Entries of a folder by name; empty when there is no such folder. */
  list(path: string): Promise<readonly FileEntry[]>;
  /** A file, or a folder with everything in it. */
  remove(path: string): Promise<void>;
}

/** Half-written uploads are here, out of reach of every path; what a crash left is removed at start. */
const INCOMING = ".incoming";

export async function openArtifactFiles(root: string, options: { readonly newId: () => string; readonly fileBytesMax: number }): Promise<ArtifactFiles> {
  await mkdir(root, { recursive: true });
  await rm(join(root, INCOMING), { recursive: true, force: true });
  await mkdir(join(root, INCOMING));
  const partsOf = (path: string): readonly string[] => {
    const parts = artifactParts(path);
    if (parts[0] === INCOMING) throw invalid("Invalid path");
    return parts;
  };
  return {
    async write(path, body) {
      const parts = partsOf(path);
      if (parts.length === 0) throw invalid("Invalid path");
      const target = await safePath(root, parts);
      const incoming = join(root, INCOMING, options.newId());
      try {
        await receive(incoming, body, options.fileBytesMax);
        await makeFolder(root, parts.slice(0, -1));
        await rename(incoming, target).catch((error: unknown) => {
          throw isCode(error, "EISDIR") || isCode(error, "ENOTEMPTY") ? invalid(`'${path}' is a folder.`) : error;
        });
        await syncFolder(dirname(target));
      } finally {
        await rm(incoming, { force: true });
      }
    },
    async open(path) {
      const target = await safePath(root, partsOf(path));
      const handle = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW).catch(nullIfMissing);
      if (handle === null) return null;
      const { size, isFile } = await handle.stat().then((stat) => ({ size: stat.size, isFile: stat.isFile() }));
      if (isFile) return { handle, size };
      await handle.close();
      return null;
    },
    async list(path) {
      const parts = partsOf(path);
      const target = await safePath(root, parts);
      const entries = await readdir(target, { withFileTypes: true }).catch(nullIfMissing);
      const shown = (entries ?? []).filter((entry) => (entry.isFile() || entry.isDirectory()) && (parts.length > 0 || entry.name !== INCOMING));
      const listed = shown.map(async (entry): Promise<FileEntry> => {
        const isFolder = entry.isDirectory();
        return { name: entry.name, isFolder, size: isFolder ? null : (await lstat(join(target, entry.name))).size };
      });
      return (await Promise.all(listed)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
    async remove(path) {
      const parts = partsOf(path);
      if (parts.length === 0) throw invalid("Invalid path");
      const target = await safePath(root, parts);
      if ((await lstat(target).catch(nullIfMissing)) === null) throw absent(`No such artifact: '${path}'`);
      await rm(target, { recursive: true });
      await syncFolder(dirname(target));
    },
  };
}

/** The path below `root`, after a look at every step of it: a symbolic link that somebody put there is refused. */
async function safePath(root: string, parts: readonly string[]): Promise<string> {
  let path = root;
  for (const part of parts) {
    path = join(path, part);
    const stat = await lstat(path).catch(nullIfMissing);
    if (stat === null) break;
    if (stat.isSymbolicLink()) throw invalid("Invalid path");
  }
  return join(root, ...parts);
}

async function receive(file: string, body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    let size = 0;
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > limitBytes) throw tooLarge(limitBytes);
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Each new folder is an entry in its parent, which must reach the disk too. */
async function makeFolder(root: string, parts: readonly string[]): Promise<void> {
  let path = root;
  for (const part of parts) {
    const parent = path;
    path = join(path, part);
    const made = await mkdir(path).then(
      () => true,
      (error: unknown) => {
        if (isCode(error, "EEXIST")) return false;
        throw isCode(error, "ENOTDIR") ? invalid(`'${part}' is below a file.`) : error;
      },
    );
    if (made) await syncFolder(parent);
    else if (!(await lstat(path)).isDirectory()) throw invalid(`'${part}' is a file, not a folder.`);
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function nullIfMissing(error: unknown): null {
  if (isCode(error, "ENOENT") || isCode(error, "ENOTDIR")) return null;
  // A link that appeared after the look at it.
  if (isCode(error, "ELOOP")) throw invalid("Invalid path");
  throw error;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
