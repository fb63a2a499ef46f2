import type { CreatedToken, NewToken, TokenView } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, Connection } from "./connection.ts";
import { read } from "./read.ts";

export interface Tokens {
  list(options?: CallOptions): Promise<readonly TokenView[]>;
  /** Its secret is in this answer and nowhere else. Sent once only: each call makes a token. */
  create(token: NewToken, options?: CallOptions): Promise<CreatedToken>;
  /** By id or name. */
  revoke(idOrName: string, options?: CallOptions): Promise<TokenView>;
}

export function tokens(server: Connection): Tokens {
  return {
    list: async (options) => (await read<{ readonly tokens: readonly TokenView[] }>(server, paths.tokens, options)).tokens,
    create: (body, options) => server.json({ method: "POST", path: paths.tokens, body, key: null, repeatable: false, options }),
    revoke: (idOrName, options) => server.json({ method: "DELETE", path: paths.token(idOrName), key: null, repeatable: false, options }),
  };
}
