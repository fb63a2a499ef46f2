import { Agent, request } from "node:http";

export interface Batches {
  readonly port: number;
  readonly token: string;
  readonly path: string;
  readonly bodies: readonly string[];
  readonly connections: number;
  /** Of each batch, beside what every call has. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

/** Sends the batches, each connection the next as soon as its last was answered; gives how many a second. Any answer but 200 ends it. */
export async function postBatches({ connections, bodies, ...to }: Batches): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) await post(agent, to, body);
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: connections }, lane));
  const seconds = (performance.now() - from) / 1000;
  agent.destroy();
  return bodies.length / seconds;
}

function post(agent: Agent, { port, token, path, headers = () => ({}) }: Omit<Batches, "connections" | "bodies">, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${token}`, "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers() };
    const call = request({ agent, host: "127.0.0.1", port, method: "POST", path, headers: all }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => (response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode}: ${text.slice(0, 300)}`))));
    });
    call.on("error", reject);
    call.end(body);
  });
}
