import type { Role } from "@gauntlet/server";
import { Option, type Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, type Cli } from "../output/cli.ts";
import { changing } from "../session/changing.ts";

export function registerTokenCreate(token: Command, launch: Launch): void {
  token
    .command("create")
    .description("Make a token; its secret is printed once and kept nowhere")
    .argument("<name>")
    .addOption(new Option("--role <role>", "what it may do").choices(["viewer", "ingest", "operator"]).makeOptionMandatory())
    .action((name: string, options: { role: Role }, command: Command) => launch(command, (cli) => create(cli, name, options.role)));
}

async function create(cli: Cli, name: string, role: Role): Promise<number> {
  const { createToken } = await import("@gauntlet/server");
  const created = await changing(cli, { command: "token create", by: null }, {
    server: ({ tokens }) => tokens.create({ name, role }),
    here: (server) => createToken(server.composition.store.tokens, { name, role, now: Date.now() }),
  });
  cli.note(`Token "${name}" with the role ${role}; it is shown this once.`);
  cli.out(cli.json ? JSON.stringify(created) : created.secret);
  return EXIT.ok;
}
