import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { changing } from "../session/changing.ts";

export function registerTokenRevoke(token: Command, launch: Launch): void {
  token
    .command("revoke")
    .description("End a token at once")
    .argument("<token>", "its id, or its name")
    .action((idOrName: string, _options: object, command: Command) => launch(command, (cli) => revoke(cli, idOrName)));
}

async function revoke(cli: Cli, idOrName: string): Promise<number> {
  const { revokeToken } = await import("@gauntlet/server");
  const revoked = await changing(cli, { command: "token revoke", by: null }, {
    server: ({ tokens }) => tokens.revoke(idOrName),
    here: (server) => revokeToken(server.composition.store.tokens, idOrName, Date.now()),
  });
  show(cli, revoked, () => `Token "${revoked.name}" is revoked.`);
  return EXIT.ok;
}
