import { createServer, Agent as PlainAgent, request as plainRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, Agent as TlsAgent, request as tlsRequest } from "node:https";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Fault, Fate, ProxiedCall } from "./faults.ts";

export interface FaultProxy {
  readonly url: string;
  /** Writes that their clients have given up, and that are still to be done. */
  lateWrites(): number;
  close(): Promise<void>;
}

interface ProxyOptions {
  readonly to: ProxiedCall["to"];
  /** Of the real server. */
  readonly url: string;
  /** PEM: who signed the real server's certificate, and with what this one answers in its place; null without TLS. */
  readonly tls: { readonly ca: string; readonly key: string } | null;
  readonly fateOf: (call: ProxiedCall) => Fate;
  /** Ends the Gauntlet whose model this is; resolves when it is dead. */
  readonly kill: (model: string) => Promise<void>;
  /** After which the client has given up for sure. */
  readonly lateMs: number;
}

/** Stands between Gauntlet and a real server: forwards whole calls, and does to them what `fateOf` says. */
export async function startFaultProxy(options: ProxyOptions): Promise<FaultProxy> {
  const { tls } = options;
  const late = { writes: 0 };
  const agent = tls === null ? new PlainAgent({ keepAlive: true }) : new TlsAgent({ keepAlive: true, ca: tls.ca });
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    void meet(incoming, outgoing, { ...options, agent, late }).catch(() => outgoing.destroy());
  };
  const server = tls === null ? createServer(handle) : createTlsServer({ cert: tls.ca, key: tls.key }, handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `${tls === null ? "http" : "https"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lateWrites: () => late.writes,
    async close() {
      server.closeAllConnections();
      server.close();
      agent.destroy();
      await once(server, "close");
    },
  };
}

interface Upstream extends ProxyOptions {
  readonly agent: PlainAgent;
  readonly late: { writes: number };
}

async function meet(incoming: IncomingMessage, outgoing: ServerResponse, upstream: Upstream): Promise<void> {
  // Who was killed, or gave up, takes no answer.
  outgoing.on("error", () => undefined);
  const body = await bytesOf(incoming);
  const { method = "GET", url = "/" } = incoming;
  const { fault, die } = upstream.fateOf({ to: upstream.to, method, url, body: body.toString("utf8") });
  const forward = (): Promise<Answer> => exchange(upstream, { method, url, headers: incoming.headers, body });
  const isWrite = method !== "GET";
  if (die !== null) {
    if (die.when === "before") await upstream.kill(die.model);
    await forward();
    if (die.when === "after") await upstream.kill(die.model);
    outgoing.destroy();
    return;
  }
  if (fault === null) return reply(outgoing, await forward());
  if (isWrite && fault === "late") upstream.late.writes += 1;
  await befall(fault, { outgoing, forward, upstream }).finally(() => (upstream.late.writes -= isWrite && fault === "late" ? 1 : 0));
}

interface Befallen {
  readonly outgoing: ServerResponse;
  readonly forward: () => Promise<Answer>;
  readonly upstream: Upstream;
}

async function befall(fault: Fault, { outgoing, forward, upstream }: Befallen): Promise<void> {
  switch (fault) {
    case "cut before":
      return void outgoing.destroy();
    case "cut after":
      await forward();
      return void outgoing.destroy();
    case "500 after":
      await forward();
      return reply(outgoing, complaint(upstream, 500, "InternalError"));
    case "503":
      return reply(outgoing, complaint(upstream, 503, "ServiceUnavailable"));
    case "429":
      return reply(outgoing, complaint(upstream, 429, "TooManyRequests"));
    case "409":
      return reply(outgoing, complaint(upstream, 409, "Conflict"));
    case "late":
      await new Promise((resolve) => setTimeout(resolve, upstream.lateMs));
      await forward();
      return void outgoing.destroy();
    case "half an answer":
      return halve(outgoing, await forward());
  }
}

/** As each server words what it can't do. */
function complaint({ to }: Upstream, status: number, reason: string): Answer {
  const message = "injected by a test";
  const json = to === "kubernetes" ? { kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code: status } : { error_code: status === 500 ? "INTERNAL_ERROR" : "TEMPORARILY_UNAVAILABLE", message };
  return { status, headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify(json)) };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function exchange({ url: server, tls, agent }: Upstream, { method, url, headers, body }: Asked): Promise<Answer> {
  const { host: _, connection: __, "transfer-encoding": ___, ...rest } = headers;
  const options = { method, agent, headers: { ...rest, "content-length": body.length } };
  return new Promise((resolve, reject) => {
    const sent = (tls === null ? plainRequest : tlsRequest)(server + url, options, (response) => {
      bytesOf(response).then((answer) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: answer }), reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function reply(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, framed(headers, body.length));
  outgoing.end(body);
}

/** Promises all of it, and breaks off in its middle. */
function halve(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, framed(headers, body.length + 1));
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy());
}

function framed(headers: IncomingHttpHeaders, length: number): IncomingHttpHeaders & { readonly "content-length": string } {
  const { connection: _, "transfer-encoding": __, "keep-alive": ___, ...rest } = headers;
  return { ...rest, "content-length": String(length) };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
