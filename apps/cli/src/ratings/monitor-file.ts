import { Failure, type MonitorCheck } from "@gauntlet/core";
import type { MonitorStore, StoredMonitor } from "@gauntlet/server";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Cli } from "../output/cli.ts";

const NAME = "monitor.json";
const CHECKS_MAX = 100;

interface Remembered {
  readonly stored: StoredMonitor;
  /** Newest first. */
  readonly checks: readonly MonitorCheck[];
}

/** What is remembered of participants beside a file of matches, in the folder of its ledger; one process at a time has that. */
export function monitorFile(cli: Cli, folder: string): Pick<MonitorStore, "read" | "save" | "checks"> {
  const path = join(folder, NAME);
  const all = readAll(cli, path);
  return {
    read: async (subject) => all.get(subject)?.stored ?? null,
    checks: async (subject, limit) => (all.get(subject)?.checks ?? []).slice(0, limit),
    save: async ({ subject, expect, at, state, check }) => {
      const before = all.get(subject);
      if ((before?.stored.revision ?? 0) !== expect) throw new Failure("ledger_conflict", `what is known of ${subject} has changed meanwhile`, { fix: "ask again" });
      const stored = { subject, revision: expect + 1, at, state };
      all.set(subject, { stored, checks: [...(check === null ? [] : [check]), ...(before?.checks ?? [])].slice(0, CHECKS_MAX) });
      // Renamed into place, so that nobody reads half a file.
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${path}.${process.pid}.tmp`, `${JSON.stringify(Object.fromEntries(all))}\n`);
      renameSync(`${path}.${process.pid}.tmp`, path);
      return stored;
    },
  };
}

/** What can't be read is put aside, and said. */
function readAll(cli: Cli, path: string): Map<string, Remembered> {
  if (!existsSync(path)) return new Map();
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(path, "utf8")) as Readonly<Record<string, Remembered>>));
  } catch (error) {
    renameSync(path, `${path}.unreadable`);
    cli.note(`${path} can't be read (${(error as Error).message}); it is put aside as ${NAME}.unreadable, and a new one is begun`);
    return new Map();
  }
}
