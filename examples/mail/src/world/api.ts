import { createToken, revokeToken, type RunningServer } from "@gauntlet/server";

/** The server's HTTP API, called as any user calls it, with a token of its own: one that an earlier run left is revoked. */
export interface Api {
  get<T>(path: string): Promise<T>;
  /** `key` makes a retry of the same call a no-op. @throws Error with the problem's detail and fix. */
  post<T>(path: string, body: unknown, key: string): Promise<T>;
  close(): Promise<void>;
}

export async function openApi(server: RunningServer, name: string): Promise<Api> {
  const { tokens } = server.composition.store;
  const left = (await tokens.list()).filter((token) => token.name === name && token.revokedAt === null);
  for (const token of left) await revokeToken(tokens, token.id, Date.now());
  const { token, secret } = await createToken(tokens, { name, role: "operator", now: Date.now() });
  const base = server.url ?? "http://127.0.0.1";

  async function call<T>(path: string, init: RequestInit): Promise<T> {
    const response = await server.fetch(new Request(base + path, init));
    const answer = (await response.json()) as T & { readonly detail?: string; readonly fix?: string | null };
    if (!response.ok) throw new Error(`${init.method ?? "GET"} ${path}: ${response.status} ${answer.detail ?? ""} ${answer.fix ?? ""}`.trim());
    return answer;
  }

  return {
    get: (path) => call(path, {}),
    post: (path, body, key) =>
      call(path, { method: "POST", headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", "idempotency-key": key }, body: JSON.stringify(body) }),
    close: async () => {
      await revokeToken(tokens, token.id, Date.now());
    },
  };
}
