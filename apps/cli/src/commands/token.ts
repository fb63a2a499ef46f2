import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { registerTokenCreate } from "./token-create.ts";
import { registerTokenList } from "./token-list.ts";
import { registerTokenRevoke } from "./token-revoke.ts";

export function registerToken(program: Command, launch: Launch): void {
  const token = program.command("token").description("Tokens for the API");
  for (const register of [registerTokenCreate, registerTokenList, registerTokenRevoke]) register(token, launch);
}
