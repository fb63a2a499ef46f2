import { ROOT_CHAIN } from "@gauntlet/core";
import type { Command } from "commander";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { resolve } from "node:path";

import type { Launch } from "../launch.ts";
import { EXIT, type Cli } from "../output/cli.ts";
import { reading } from "../session/open-session.ts";

export function registerLedgerExport(ledger: Command, launch: Launch): void {
  ledger
    .command("export")
    .description("Every entry, one JSON object a line, on standard output")
    .option("--out <file>", "write to a file instead")
    .action((options: { out?: string }, command: Command) => launch(command, (cli) => exportLedger(cli, options.out ?? null)));
}

async function exportLedger(cli: Cli, file: string | null): Promise<number> {
  const { readChain } = await import("@gauntlet/server");
  const stream = file === null ? cli.stdout : createWriteStream(resolve(cli.cwd, file));
  const count = await reading(cli, async (store) => {
    const heads = await store.ledger.heads();
    // The root last: it covers the others, so an import can check it.
    const chains = heads.map((head) => head.chain).toSorted((a, b) => Number(a === ROOT_CHAIN) - Number(b === ROOT_CHAIN));
    let written = 0;
    for (const chain of chains) {
      for await (const entry of readChain(store, chain)) {
        if (!stream.write(`${JSON.stringify(entry)}\n`)) await once(stream, "drain");
        written += 1;
      }
    }
    return written;
  });
  if (file !== null) {
    stream.end();
    await once(stream, "finish");
  }
  cli.note(`${count} entries exported${file === null ? "" : ` to ${file}`}`);
  return EXIT.ok;
}
