import { Failure } from "@gauntlet/core";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import type { Config } from "./config.ts";
import { parseConfig, type Environment } from "./parse-config.ts";

export interface ConfigRequest {
  /** The file; null: `gauntlet.yaml` of the working directory when there is one. */
  readonly file: string | null;
  /** Overrides the file's `dataDir`. */
  readonly dataDir: string | null;
  readonly cwd: string;
  readonly environment: Environment;
}

/** The configuration, with its paths absolute. @throws Failure `not_found` for a named file that is not there; `invalid_input`. */
export function loadConfig(request: ConfigRequest): Config {
  const { file, dataDir, cwd, environment } = request;
  const path = file === null ? defaultFile(cwd) : resolve(cwd, file);
  const config = parseConfig(path === null ? "" : readConfig(path), path ?? "the default configuration", environment);
  const base = path === null ? cwd : dirname(path);
  const streams = config.streams.map((stream) => (stream.credentialsFile === undefined ? stream : { ...stream, credentialsFile: resolve(base, stream.credentialsFile) }));
  const ratings = { ...config.ratings, peers: peersWithPaths(config.ratings.peers, base) };
  const kubernetes = config.kubernetes.kubeconfig === undefined ? config.kubernetes : { ...config.kubernetes, kubeconfig: resolve(base, config.kubernetes.kubeconfig) };
  const signing = config.signing === undefined ? {} : { signing: { keyFile: resolve(base, config.signing.keyFile) } };
  const modelKeys = Object.fromEntries(Object.entries(config.modelKeys).map(([name, path]) => [name, resolve(base, path)]));
  return { ...config, ...signing, modelKeys, streams, ratings, kubernetes, sources: withPaths(config.sources, base), dataDir: dataDir === null ? resolve(base, config.dataDir) : resolve(cwd, dataDir) };
}

/** Keys of a peer are found from where the configuration is. */
function peersWithPaths(peers: Config["ratings"]["peers"], base: string): Config["ratings"]["peers"] {
  // ssh knows by itself what ~ is.
  const absolute = (path: string): string => (path.startsWith("~/") ? path : resolve(base, path));
  return Object.fromEntries(
    Object.entries(peers).map(([name, peer]) => {
      if (peer.kind !== "ssh") return [name, peer];
      const { identityFile, knownHostsFile } = peer;
      return [name, { ...peer, ...(identityFile === undefined ? {} : { identityFile: absolute(identityFile) }), ...(knownHostsFile === undefined ? {} : { knownHostsFile: absolute(knownHostsFile) }) }];
    }),
  );
}

/** Files of a source are found from where the configuration is. */
function withPaths(sources: Config["sources"], base: string): Config["sources"] {
  const absolute = (files: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries(files).map(([table, path]) => [table, resolve(base, path)]));
  return Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, source.kind === "duckdb" ? { ...source, files: absolute(source.files) } : source]));
}

function defaultFile(cwd: string): string | null {
  const path = resolve(cwd, "gauntlet.yaml");
  return existsSync(path) ? path : null;
}

function readConfig(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Failure("not_found", `the configuration ${path} can't be read`, { fix: "name a file that exists, or leave it out to use the defaults", cause });
  }
}
