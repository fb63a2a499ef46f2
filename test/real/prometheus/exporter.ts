import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Upper bounds of the latency histogram, seconds. */
const BOUNDS = [0.1, 0.5, 1, 2.5] as const;

export interface Request {
  readonly version: string;
  readonly slot: string;
  readonly failed: boolean;
  readonly seconds: number;
}

/** A program that counts its requests as Prometheus' client libraries do, and forgets them when it restarts. */
export interface Exporter {
  readonly address: string;
  serve(request: Request): void;
  restart(): void;
  /** Answers 503 until it is set going. */
  begin(): void;
  /** Grows with everything that happens; exported, so that a test can tell that a scrape is stored. */
  changes(): number;
  close(): Promise<void>;
}

export async function startExporter(going: boolean): Promise<Exporter> {
  let counters = new Map<string, number>();
  let startedAt = Date.now();
  let changes = 1;
  let isUp = going;
  const server = createServer((_, response) => {
    if (!isUp) return void response.writeHead(503).end();
    const lines = [...counters].map(([series, value]) => `${series} ${value}`);
    response.setHeader("content-type", "text/plain; version=0.0.4").end(`${[...lines, `process_start_time_seconds ${startedAt / 1000}`, `exporter_changes ${changes}`].join("\n")}\n`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const add = (name: string, labels: string, by: number): void => void counters.set(`${name}{${labels}}`, (counters.get(`${name}{${labels}}`) ?? 0) + by);
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve({ version, slot, failed, seconds }) {
      const labels = `version="${version}",slot="${slot}"`;
      add("requests_total", labels, 1);
      // A series that comes into being with its first failure, as a careless program's does.
      if (failed) add("failures_total", labels, 1);
      for (const bound of BOUNDS) add("seconds_bucket", `${labels},le="${bound}"`, seconds <= bound ? 1 : 0);
      add("seconds_bucket", `${labels},le="+Inf"`, 1);
      add("seconds_count", labels, 1);
      add("seconds_sum", labels, seconds);
      add("seconds_squares_total", labels, seconds * seconds);
      changes += 1;
    },
    restart() {
      counters = new Map([...counters.keys()].filter((series) => !series.startsWith("failures_total")).map((series) => [series, 0]));
      startedAt = Date.now();
      changes += 1;
    },
    begin() {
      isUp = true;
      startedAt = Date.now();
      changes += 1;
    },
    changes: () => changes,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
