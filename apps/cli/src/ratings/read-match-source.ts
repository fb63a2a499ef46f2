import { wireRecord } from "@gauntlet/core";
import type { MatchesOfFile } from "@gauntlet/server";
import { statSync } from "node:fs";
import { resolve } from "node:path";

import type { Cli } from "../output/cli.ts";
import { noteRefused, readMatchFile } from "./read-match-file.ts";

/** Rows as a ledger takes them, from a file or from a folder of segments. */
export interface MatchSource {
  readonly kind: MatchesOfFile["kind"] | "segments";
  readonly rows: number;
  readonly values: readonly unknown[];
  /** Rows that say again what an earlier one said. */
  readonly duplicates: number;
  readonly refused: MatchesOfFile["refused"];
  readonly refusedCount: number;
}

/** Versions of one match that contradict each other are all taken: a ledger keeps them. */
export async function readMatchSource(cli: Cli, file: string, origin: string | null): Promise<MatchSource> {
  if (isFolder(resolve(cli.cwd, file))) return readSegments(cli, file);
  const read = await readMatchFile(cli, file, origin);
  noteRefused(cli, file, read);
  return { ...read, values: [...read.matches, ...read.conflicts.map(({ match }) => match)] };
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function readSegments(cli: Cli, folder: string): Promise<MatchSource> {
  const { openMatchSegments } = await import("@gauntlet/server");
  const store = await openMatchSegments({ folder: resolve(cli.cwd, folder), mode: "read-only", holder: "gauntlet ratings import", onTorn: ({ path }) => cli.note(`an append to ${path} never ended, and is left out`) });
  try {
    const values: unknown[] = [];
    for (let after = 0; ; ) {
      const page = await store.read(after, 10_000);
      if (page.length === 0) return { kind: "segments", rows: values.length, values, duplicates: 0, refused: [], refusedCount: 0 };
      for (const { record } of page) values.push(wireRecord(record));
      after = page.at(-1)!.sequence;
    }
  } finally {
    await store.close();
  }
}
