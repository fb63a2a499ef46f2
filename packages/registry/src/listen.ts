import { serve } from "@hono/node-server";
import type { AddressInfo } from "node:net";

import { refuseClimbing } from "./request/target.ts";

/** Whatever answers requests: an embedded registry, or a stand-in in a test. */
export interface Answering {
  fetch(request: Request): Response | Promise<Response>;
}

export interface Listening {
  readonly url: string;
  /** Ends open connections too. What answers is the caller's to close. */
  close(): Promise<void>;
}

/** Puts it on a loopback port of its own; port 0 takes a free one. Rejects when the port is taken. */
export function listen(answering: Answering, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: (request, { incoming }) => refuseClimbing(incoming.url) ?? answering.fetch(request), port, hostname: "127.0.0.1" }, (info: AddressInfo) => {
      const close = (): Promise<void> =>
        new Promise((done) => {
          server.close(() => done());
          if ("closeAllConnections" in server) server.closeAllConnections();
        });
      resolve({ url: `http://127.0.0.1:${info.port}`, close });
    });
    server.once("error", reject);
  });
}
