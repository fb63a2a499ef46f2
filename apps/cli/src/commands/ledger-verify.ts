import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { reading } from "../session/open-session.ts";

export function registerLedgerVerify(ledger: Command, launch: Launch): void {
  ledger
    .command("verify")
    .description("Verify every chain from its first entry; exits 1 when one is broken")
    .action((_options: object, command: Command) => launch(command, verify));
}

async function verify(cli: Cli): Promise<number> {
  const { verifyLedger } = await import("@gauntlet/server");
  const verification = await reading(cli, (store) => verifyLedger(store));
  const { status, chains, breaks } = verification;
  const entries = chains.reduce((sum, chain) => sum + chain.entries, 0);
  show(cli, { ...verification, entries }, () => [`${status}: ${entries} entries in ${chains.length} chains`, ...breaks.map((found) => `  ${found.chain} entry ${found.seq}: ${found.detail}`)].join("\n"));
  return status === "verified" ? EXIT.ok : EXIT.failure;
}
