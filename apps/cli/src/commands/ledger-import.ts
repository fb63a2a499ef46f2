import { Failure } from "@gauntlet/core";
import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { changing } from "../session/changing.ts";

export function registerLedgerImport(ledger: Command, launch: Launch): void {
  ledger
    .command("import")
    .description("Take in an export; refused as a whole when any line is wrong")
    .argument("<file>")
    .action((file: string, _options: object, command: Command) => launch(command, (cli) => importFile(cli, file)));
}

async function importFile(cli: Cli, file: string): Promise<number> {
  const lines = readLines(resolve(cli.cwd, file));
  const imported = await changing(cli, { command: "ledger import", by: null }, {
    server: async (api) => {
      throw new Failure("data_dir_in_use", `the server at ${api.url} uses this data directory`, { fix: "stop it, import, and start it again" });
    },
    here: async (server) => {
      const { importLedger } = await import("@gauntlet/server");
      return importLedger(server.composition.store, lines);
    },
  });
  show(cli, imported, () => `${imported.added} entries imported, ${imported.known} were here already, ${imported.chains} chains`);
  return EXIT.ok;
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch (cause) {
    throw new Failure("not_found", `${path} can't be read`, { fix: "name a file that exists", cause });
  }
}
