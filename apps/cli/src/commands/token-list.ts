import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { time } from "../output/words.ts";
import { reading } from "../session/open-session.ts";

export function registerTokenList(token: Command, launch: Launch): void {
  token
    .command("list")
    .description("Tokens, without their secrets")
    .action((_options: object, command: Command) => launch(command, list));
}

async function list(cli: Cli): Promise<number> {
  const { listTokens } = await import("@gauntlet/server");
  const tokens = await reading(cli, (store) => listTokens(store.tokens));
  show(cli, { tokens }, () => table(["ID", "NAME", "ROLE", "CREATED", "REVOKED"], tokens.map((token) => [token.id, token.name, token.role, time(token.createdAt), time(token.revokedAt)])));
  return EXIT.ok;
}
