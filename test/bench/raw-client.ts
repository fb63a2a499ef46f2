import { connect, type Socket } from "node:net";

/** What a client saw that does as little as a client can, so that the server is what is measured. */
export interface Seen {
  readonly perSecond: number;
  /** Milliseconds from the moment a call was due to its answer. */
  readonly p99Ms: number;
}

export interface Load {
  readonly port: number;
  /** Whole HTTP requests, sent in turn. */
  readonly requests: readonly Buffer[];
  readonly connections: number;
  readonly ms: number;
  /** How many calls a second are due; left out: the next as soon as one is answered. */
  readonly perSecond?: number;
}

/** Each connection has one call under way at a time. A call that is due while all are busy waits, and its wait counts. */
export async function load(wanted: Load): Promise<Seen> {
  const latencies: number[] = [];
  const from = performance.now();
  const until = from + wanted.ms;
  let sent = 0;
  const lane = async (): Promise<void> => {
    const connection = await open(wanted.port);
    try {
      for (;;) {
        const number = sent++;
        const due = wanted.perSecond === undefined ? performance.now() : from + (number * 1000) / wanted.perSecond;
        if (due >= until || performance.now() >= until) return;
        if (wanted.perSecond !== undefined) await reached(due);
        await connection.ask(wanted.requests[number % wanted.requests.length] as Buffer);
        latencies.push(performance.now() - due);
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: wanted.connections }, lane));
  const seconds = (performance.now() - from) / 1000;
  const sorted = Float64Array.from(latencies).toSorted();
  return { perSecond: latencies.length / seconds, p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN };
}

/** By a timer, which is up to a millisecond late, and that counts: a client that spins takes the server's core. */
async function reached(due: number): Promise<void> {
  const left = due - performance.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
}

export interface Connection {
  /** Resolves with the body of the answer when all of it is here. @throws Error for any status but 200. */
  ask(request: Buffer): Promise<string>;
  close(): void;
}

export async function open(port: number): Promise<Connection> {
  const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  let waiting: { resolve(body: string): void; reject(error: Error): void } | null = null;
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
    if (text.length < end + 4 + length) return;
    const status = text.slice(9, 12);
    const [first, body] = [text.slice(0, 300), text.slice(end + 4)];
    text = "";
    if (status === "200") waiting?.resolve(body);
    else waiting?.reject(new Error(`the server answered ${first}`));
  });
  socket.on("error", (error) => waiting?.reject(error));
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** A POST as it goes over the wire. */
export function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Buffer {
  const text = JSON.stringify(body);
  const lines = Object.entries({ host: "127.0.0.1", "content-type": "application/json", "content-length": String(Buffer.byteLength(text)), ...headers }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${text}`);
}
