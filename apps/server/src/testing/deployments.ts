import { startPostgres } from "@gauntlet/adapters/testing";

import { registerVersions, startTestServer, type Called, type TestServer } from "./test-server.ts";

/** The servers of one deployment, which share a store, a registry and a clock. */
export interface Deployment {
  readonly servers: readonly TestServer[];
  readonly clock: TestServer["clock"];
  readonly tokens: TestServer["tokens"];
  /** Of the first server; one is as good as another. */
  readonly composition: TestServer["composition"];
  /** Asks the servers in turn, as a load balancer does. */
  readonly call: TestServer["call"];
  close(): Promise<void>;
}

/** What a rollout must work on. Each `open` gives a new one in which the two versions of `model` are registered. */
export const DEPLOYMENTS: readonly { readonly name: string; readonly open: (model: string) => Promise<Deployment> }[] = [
  { name: "one server on SQLite", open: oneOnSqlite },
  { name: "two servers on one PostgreSQL", open: twoOnPostgres },
];

async function oneOnSqlite(model: string): Promise<Deployment> {
  const server = await startTestServer();
  await registerVersions(server, model);
  return deployment([server], async () => server.close());
}

/** The second one has the first one's registry over HTTP. */
async function twoOnPostgres(model: string): Promise<Deployment> {
  const postgres = await startPostgres();
  const store = { kind: "postgres", url: postgres.url } as const;
  const first = await startTestServer({ config: { store }, options: { listen: true } });
  await registerVersions(first, model);
  const registry = { kind: "mlflow", url: first.url ?? "", token: first.tokens.operator, timeoutMs: 10_000 } as const;
  const second = await startTestServer({ config: { store, registry }, options: { clock: first.clock } });
  return deployment([first, second], async () => {
    await second.close();
    await first.close();
    await postgres.stop();
  });
}

function deployment(servers: readonly [TestServer, ...TestServer[]], close: () => Promise<void>): Deployment {
  const [{ clock, tokens, composition }] = servers;
  let calls = 0;
  const call: TestServer["call"] = (method, path, options): Promise<Called> => {
    const server = servers[calls++ % servers.length] as TestServer;
    return server.call(method, path, { token: tokens.operator, ...options });
  };
  return { servers, clock, tokens, composition, call, close };
}
