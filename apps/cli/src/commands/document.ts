import { Failure } from "@gauntlet/core";
import type { Command } from "commander";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { readNamed } from "../session/read-named.ts";

export function registerDocument(program: Command, launch: Launch): void {
  program
    .command("document")
    .description("Decision documents and lifecycles, as files")
    .command("verify")
    .description("Verify a signed document without a server; exits 1 when anything does not hold")
    .argument("<envelope>", "its envelope, a file such as decision.md.dsse.json; the document beside it is compared when it is there")
    .requiredOption("--key <file>", "the public key in PEM")
    .action((envelope: string, { key }: { key: string }, command: Command) => launch(command, (cli) => verify(cli, envelope, key)));
}

const ENDING = ".dsse.json";

async function verify(cli: Cli, file: string, keyFile: string): Promise<number> {
  const { openSignedDocument } = await import("@gauntlet/server");
  const { content, ...facts } = openSignedDocument(readNamed(cli, "envelope", file), readNamed(cli, "key", keyFile));
  const beside = documentBeside(cli, file);
  if (beside !== null && readNamed(cli, "document", beside) !== content) {
    throw new Failure("invalid_input", `${beside} is not the text that was signed: it was changed, or belongs to another decision`, { fix: "get both again from the run in the registry" });
  }
  show(cli, { ...facts, compared: beside, content }, () =>
    [
      `verified: ${facts.name}${facts.decision === null ? "" : ` of decision ${facts.decision}`}, ledger ${facts.ledger.chain} entry ${facts.ledger.seq} (${facts.ledger.sha256.slice(0, 12)}…)`,
      `  key ${facts.keyId}`,
      `  text SHA-256 ${facts.sha256}`,
      beside === null ? "  no document stands beside it; the text in the envelope was verified" : `  ${beside} is the text that was signed`,
    ].join("\n"),
  );
  return EXIT.ok;
}

function documentBeside(cli: Cli, file: string): string | null {
  const beside = file.endsWith(ENDING) ? file.slice(0, -ENDING.length) : null;
  return beside !== null && existsSync(resolve(cli.cwd, beside)) ? beside : null;
}
