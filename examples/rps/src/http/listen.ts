import { Failure } from "@gauntlet/core";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import type { Hono } from "hono";
import type { AddressInfo } from "node:net";

export interface Listening {
  readonly url: string;
  /** Requests that are under way get a moment; idle connections end at once. */
  close(): Promise<void>;
}

/** @throws Failure `conflict` when the port can't be had. */
export function listen(app: Hono, { host, port }: { readonly host: string; readonly port: number }): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = createAdaptorServer({ fetch: app.fetch, hostname: host });
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "is taken by another process" : `can't be used: ${cause.message}`;
      reject(new Failure("conflict", `${host}:${port} ${why}`, { fix: "stop that process, or choose another port (0: any free one)", cause }));
    });
    server.listen(port, host, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve({ url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`, close: () => close(server) });
    });
  });
}

const GRACE_MS = 2000;

function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => "closeAllConnections" in server && server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    if ("closeIdleConnections" in server) server.closeIdleConnections();
  });
}
