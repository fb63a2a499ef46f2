import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";

// The baseline: node:http alone, reading the same bodies, parsing them, and keeping nothing.
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { outcomes } = JSON.parse(Buffer.concat(chunks).toString()) as { outcomes: unknown[] };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ accepted: outcomes.length, duplicates: 0, rejected: [] }));
  });
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin
server.listen(0, "127.0.0.1", () => parentPort?.postMessage(Number((server.address() as AddressInfo).port)));
