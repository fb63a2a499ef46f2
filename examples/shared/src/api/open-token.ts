import { createToken, revokeToken, type RunningServer } from "@gauntlet/server";

/** A token of an operator, for as long as it is needed. */
export interface OpenToken {
  readonly secret: string;
  close(): Promise<void>;
}

/** `name` is that of the token: one that an earlier run left is revoked. */
export async function openToken({ store }: Pick<RunningServer["composition"], "store">, name: string): Promise<OpenToken> {
  const { tokens } = store;
  const left = (await tokens.list()).filter((token) => token.name === name && token.revokedAt === null);
  for (const token of left) await revokeToken(tokens, token.id, Date.now());
  const { token, secret } = await createToken(tokens, { name, role: "operator", now: Date.now() });
  return {
    secret,
    close: async () => {
      await revokeToken(tokens, token.id, Date.now());
    },
  };
}
