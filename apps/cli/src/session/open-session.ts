import type { Config, Store } from "@gauntlet/server";

import type { Cli } from "../output/cli.ts";

/** The configuration that this call is about: flags first, then the environment, then `gauntlet.yaml`. */
export async function configOf(cli: Cli): Promise<Config> {
  const { loadConfig } = await import("@gauntlet/server");
  const file = cli.options.config ?? cli.environment["GAUNTLET_CONFIG"] ?? null;
  const dataDir = cli.options.data ?? cli.environment["GAUNTLET_DATA"] ?? null;
  return loadConfig({ file: file === "" ? null : file, dataDir: dataDir === "" ? null : dataDir, cwd: cli.cwd, environment: cli.environment });
}

/** Reads the store, beside a running server or without one, and closes it again. */
export async function reading<T>(cli: Cli, read: (store: Store, config: Config) => Promise<T>): Promise<T> {
  const [config, { openStoreForReading }] = await Promise.all([configOf(cli), import("@gauntlet/server")]);
  const store = await openStoreForReading(config);
  try {
    return await read(store, config);
  } finally {
    await store.close();
  }
}
