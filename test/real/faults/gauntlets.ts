import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startGauntlet, type GauntletProcess } from "../nats/gauntlet-process.ts";

/** Several servers, each with models of its own, that may be killed at any time and come again by themselves. */
export interface Gauntlets {
  /** A call to the server of a model, as its operator. @throws while that server is away, and for a status that is no success. */
  call(model: string, call: GauntletCall): Promise<unknown>;
  /** SIGKILL; it is started again over its data. Resolves when it is dead. */
  kill(model: string): Promise<void>;
  /** The folder of each, with its configuration and its data. */
  readonly folders: readonly string[];
  folderOf(model: string): string;
  /** SIGTERM to all. @throws when one did not come again. */
  stop(): Promise<void>;
  /** SIGKILL to all that are left. */
  end(): Promise<void>;
  /** What all of them logged last, without tokens. */
  said(): string;
}

export interface GauntletCall {
  readonly path: string;
  readonly method?: "GET" | "POST";
  readonly body?: object;
  /** The same again is done once. */
  readonly key?: string;
}

interface Life {
  readonly folder: string;
  /** The operator's: a server shows it at its first start. */
  readonly token: string;
  process: GauntletProcess;
  /** Settles when it is there again after it was killed. */
  comes: Promise<void>;
}

interface Place {
  readonly folder: string;
  /** As JSON, which is YAML too. */
  readonly files: Readonly<Record<string, object>>;
}

/** `groups`: the models of each server. */
export async function startGauntlets(groups: readonly (readonly string[])[], placeOf: (models: readonly string[], index: number) => Place): Promise<Gauntlets> {
  const lives: Life[] = [];
  for (const [index, models] of groups.entries()) lives.push(await begin(placeOf(models, index)));
  const said: string[] = [];
  const lifeOf = (model: string): Life => lives[groups.findIndex((models) => models.includes(model))] as Life;
  return {
    folders: lives.map((life) => life.folder),
    folderOf: (model) => lifeOf(model).folder,
    call: async (model, asked) => callOne(lifeOf(model), asked),
    async kill(model) {
      const life = lifeOf(model);
      // It may die of another model's call at the same moment.
      await life.comes;
      const before = life.process;
      await before.kill("SIGKILL");
      said.push(before.said());
      life.comes = startGauntlet(life.folder).then((process) => void (life.process = process));
      life.comes.catch(() => undefined);
    },
    async stop() {
      await Promise.all(lives.map((life) => life.comes));
      await Promise.all(lives.map((life) => life.process.kill("SIGTERM")));
    },
    async end() {
      await Promise.allSettled(lives.map((life) => life.comes));
      await Promise.all(lives.map((life) => life.process.kill("SIGKILL")));
    },
    said: () => [...said, ...lives.map((life) => life.process.said())].map((text) => text.replaceAll(/shown this once: \S+/g, "").slice(-3000)).join("\n"),
  };
}

async function begin({ folder, files }: Place): Promise<Life> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content), { mode: 0o600 });
  const process = await startGauntlet(folder);
  return { folder, token: process.token ?? "", process, comes: Promise.resolve() };
}

async function callOne({ process, token }: Life, { path, method = "GET", body, key = randomUUID() }: GauntletCall): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, ...(method === "GET" ? {} : { "content-type": "application/json", "idempotency-key": key }) };
  const response = await fetch(process.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
