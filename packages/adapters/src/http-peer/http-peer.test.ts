import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";

import { PACKED_BYTES_MAX, packMessage, unpackMessage } from "../peer-wire/pack-message.ts";
import { httpPeer, relayTo, SESSION_TYPE } from "./http-peer.ts";

const MESSAGE = { kind: "go_on", session: "s", seq: 0 } as const;
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function line(answer: (request: IncomingMessage, response: ServerResponse) => void, more: { readonly token?: string; readonly messageTimeoutMs?: number; readonly signal?: AbortSignal } = {}) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sync`;
  return httpPeer({ name: "north", url, token: more.token ?? null, messageTimeoutMs: more.messageTimeoutMs ?? 20_000 }).connect(more.signal ?? new AbortController().signal);
}

test("each message is a call with the token; bytes are counted as they went", async () => {
  const far = await line(
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      if (request.headers.authorization !== "Bearer secret" || request.headers["content-type"] !== SESSION_TYPE) response.writeHead(500).end();
      else if ((unpackMessage(body) as { seq: number }).seq === 9) response.writeHead(204).end();
      else response.writeHead(200, { "content-type": SESSION_TYPE }).end(packMessage({ heard: unpackMessage(body) }));
    },
    { token: "secret" },
  );
  expect(await far.exchange(MESSAGE)).toEqual({ heard: MESSAGE });
  await far.tell({ ...MESSAGE, seq: 9 });
  expect(far.bytes()).toEqual({ sent: packMessage(MESSAGE).length + packMessage({ ...MESSAGE, seq: 9 }).length, received: packMessage({ heard: MESSAGE }).length });
  await expect(far.exchange({ ...MESSAGE, seq: 9 })).rejects.toMatchObject({ code: "invalid_input", message: expect.stringContaining("no answer where one is due") });
});

test.each<[string, (request: IncomingMessage, response: ServerResponse) => void, object]>([
  ["a page", (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<p>Welcome"), { code: "peer_unavailable", message: expect.stringContaining("answers with text/html") }],
  ["a redirect", (_, response) => void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(), { code: "peer_unavailable", message: expect.stringContaining("can't be reached") }],
  ["a problem", (_, response) => void response.writeHead(403, { "content-type": "application/problem+json" }).end(JSON.stringify({ code: "forbidden", detail: "the role is\u001b[2J viewer", fix: "use another" })), { code: "forbidden", message: "north answers 403: the role is [2J viewer", fix: "use another" }],
  ["an error of something between", (_, response) => void response.writeHead(502).end("Bad Gateway"), { code: "peer_unavailable", message: "north answers 502: Bad Gateway" }],
  ["half of a message", (_, response) => void response.writeHead(200, { "content-type": SESSION_TYPE, "content-length": "1000" }).end("half", () => response.socket?.destroy()), { code: "peer_unavailable" }],
  ["nothing at all", (request) => void request.socket.destroy(), { code: "peer_unavailable" }],
  ["what can't be unpacked", (_, response) => void response.writeHead(200, { "content-type": SESSION_TYPE }).end("?"), { code: "invalid_input" }],
  ["more than any message", (_, response) => void response.writeHead(200, { "content-type": SESSION_TYPE }).end(Buffer.alloc(PACKED_BYTES_MAX + 1)), { code: "too_large" }],
])("an answer that is %s", async (_, answer, expected) => {
  await expect((await line(answer)).exchange(MESSAGE)).rejects.toMatchObject(expected);
});

test("silence ends with its time, or with the time for all of it; nobody there", async () => {
  await expect((await line(() => undefined, { messageTimeoutMs: 50 })).exchange(MESSAGE)).rejects.toMatchObject({ code: "peer_unavailable", message: "north did not answer within 0.05 s" });
  const stop = new AbortController();
  const stopped = (await line(() => stop.abort(), { signal: stop.signal })).exchange(MESSAGE);
  await expect(stopped).rejects.toMatchObject({ code: "peer_unavailable", message: expect.stringContaining("not done in the time for all of it") });
  await expect(relayTo({ name: "north", url: "http://127.0.0.1:9/", token: null, messageTimeoutMs: 5000 })(MESSAGE)).rejects.toMatchObject({ code: "peer_unavailable", message: expect.stringContaining("can't be reached") });
});
