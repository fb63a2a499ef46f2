import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { registerLedgerExport } from "./ledger-export.ts";
import { registerLedgerImport } from "./ledger-import.ts";
import { registerLedgerList } from "./ledger-list.ts";
import { registerLedgerVerify } from "./ledger-verify.ts";

export function registerLedger(program: Command, launch: Launch): void {
  const ledger = program.command("ledger").description("The record of everything that was decided and done");
  for (const register of [registerLedgerList, registerLedgerVerify, registerLedgerExport, registerLedgerImport]) register(ledger, launch);
}
