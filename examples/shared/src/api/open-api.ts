import type { RunningServer } from "@gauntlet/server";

import { openToken } from "./open-token.ts";

/** The server's HTTP faces, called as any client calls them, with a token of its own. */
export interface Api {
  get<T>(path: string): Promise<T>;
  /** `key` makes a retry of the same call a no-op. @throws Error with what the server said. */
  post<T>(path: string, body: unknown, key?: string): Promise<T>;
  close(): Promise<void>;
}

/** `name` is that of the token: each world has its own. */
export async function openApi(server: RunningServer, name: string): Promise<Api> {
  const token = await openToken(server.composition, name);
  const base = server.url ?? "http://127.0.0.1";
  const headers = { authorization: `Bearer ${token.secret}`, "content-type": "application/json" };

  async function call<T>(path: string, init: RequestInit): Promise<T> {
    const response = await server.fetch(new Request(base + path, init));
    const text = await response.text();
    if (!response.ok) throw new Error(`${init.method ?? "GET"} ${path}: ${response.status} ${text.slice(0, 2000)}`);
    return JSON.parse(text) as T;
  }

  return {
    get: (path) => call(path, { headers }),
    post: (path, body, key) => call(path, { method: "POST", headers: key === undefined ? headers : { ...headers, "idempotency-key": key }, body: JSON.stringify(body) }),
    close: token.close,
  };
}
