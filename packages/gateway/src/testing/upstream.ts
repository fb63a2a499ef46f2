import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A real server on loopback. */
export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

export async function listen(handler: RequestListener): Promise<Listening> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A model server: `/good` answers with the payload's `x` as score, the others are each bad in their way. */
export function startUpstream(): Promise<Listening> {
  return listen((request, response) => {
    void answer(request, response);
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const payload = JSON.parse(await text(request)) as { readonly x: number };
  const good = JSON.stringify({ score: payload.x, prediction: payload.x > 0.5, output: { id: request.headers["x-gauntlet-request-id"] ?? null } });
  const replies: Readonly<Record<string, () => void>> = {
    "/good": () => response.end(good),
    "/slow": () => setTimeout(() => response.end(good), 100),
    "/failing": () => response.writeHead(500).end("Traceback"),
    "/hanging": () => undefined,
    "/stalling": () => response.write(good.slice(0, 5)),
    "/resetting": () => request.socket.destroy(),
    "/html": () => response.end("<h1>It works!</h1>"),
    "/list": () => response.end("[1]"),
    "/text-score": () => response.end('{"score":"high"}'),
    "/number-prediction": () => response.end('{"prediction":1}'),
    "/empty": () => response.end("{}"),
    "/moved": () => response.writeHead(302, { location: "/good" }).end(),
    "/huge": () => response.end(JSON.stringify({ output: "x".repeat(5_000_000) })),
  };
  replies[request.url ?? ""]?.();
}
