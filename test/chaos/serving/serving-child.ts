// What is killed: the application's models, with or without the server and registry in the same process.
import { directoryCache } from "../../../examples/rps/src/serving/cache/directory-cache.ts";
import { openModelManager } from "../../../examples/rps/src/serving/manager/open-manager.ts";
import { restReader } from "../../../examples/rps/src/serving/registry/rest-reader.ts";
import type { ChildSays } from "./child-says.ts";

const [kind = "", cacheDir = "", place = ""] = process.argv.slice(2);
say({ kind: "up" });
const server = kind === "app" ? { url: place, token: null } : await wholeServer(place);
say({ kind: "listening", ...server });
const manager = await openModelManager({ registry: restReader({ url: server.url }), cache: directoryCache(cacheDir), now: Date.now, pollMs: 100, keepUnusedMs: 500 });
let last = "";
show();
setInterval(show, 10);

function show(): void {
  const slots = manager.slots().map(({ type, slot, model }) => ({ type, slot, version: model?.version ?? null, runId: model?.runId ?? null }));
  const text = JSON.stringify(slots);
  if (text === last) return;
  last = text;
  say({ kind: "slots", slots });
}

function say(said: ChildSays): void {
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

async function wholeServer(dataDir: string): Promise<{ readonly url: string; readonly token: string | null }> {
  const { parseConfig, startServer } = await import("@gauntlet/server");
  const running = await startServer({ ...parseConfig("tick: { leaseMs: 1000 }", "chaos", {}), dataDir, listen: { host: "127.0.0.1", port: 0 } }, { loop: false, log: () => undefined });
  return { url: running.url ?? "", token: running.firstToken };
}
