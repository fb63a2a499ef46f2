import { gauntlet, type GauntletClient } from "@gauntlet/client";
import type { RunningServer } from "@gauntlet/server";

import { openToken } from "./open-token.ts";

/** The server as any program uses it, with a token of its own. */
export interface Api extends GauntletClient {
  /** Revokes the token. */
  close(): Promise<void>;
}

/** `name` is that of the token: each world has its own. */
export async function openApi(server: RunningServer, name: string): Promise<Api> {
  const token = await openToken(server.composition, name);
  return { ...gauntlet({ url: server.url ?? "http://127.0.0.1", token: token.secret, fetch: server.fetch }), close: token.close };
}
