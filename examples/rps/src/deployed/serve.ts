import { gauntlet } from "@gauntlet/client";
import { createMlflowClient } from "@gauntlet/server";
import { randomUUID } from "node:crypto";

import { openApiToken } from "../auth/api-token.ts";
import { openApp } from "../platform/open-app.ts";
import { restReader } from "../serving/registry/rest-reader.ts";
import { readServingSettings } from "../serving/serving-settings.ts";
import { openData } from "./open-data.ts";
import { readServeSettings, type Environment } from "./settings.ts";

export interface Served {
  readonly url: string;
  /** Ends requests, tells Gauntlet of the last games if it answers, and lets go of the database. */
  close(): Promise<void>;
}

const REPORT_MS = 1000;
const RETRY_MS = 5000;

/** The app as a service of its own, beside a Gauntlet and a database that it reaches over the network. @param say a line for the log */
export async function serve(env: Environment, say: (line: string) => void): Promise<Served> {
  const settings = readServeSettings(env);
  const token = openApiToken(settings.apiToken, null);
  const serving = readServingSettings(env);
  const data = await openData(settings);
  const { gauntlet: control, registry } = settings;
  try {
    const app = await openApp({
      data: data.games,
      promotions: data.promotions,
      registry: restReader(registry),
      mlflow: createMlflowClient({ ...registry, timeoutMs: 5000, retries: 1 }),
      serving,
      dataDir: settings.dataDir,
      client: gauntlet(control),
      listen: settings.listen,
      allowedHosts: settings.allowedHosts,
      isToken: token.is,
      limit: settings.limit,
      statsSince: settings.statsSince,
      now: Date.now,
      newId: randomUUID,
      random: Math.random,
      onFault: say,
    });
    const telling = tellWhileOpen(() => app.reporter.report(), say);
    return {
      url: app.url,
      async close() {
        await telling.close();
        await app.close();
        await data.close();
      },
    };
  } catch (error) {
    await data.close();
    throw error;
  }
}

/** Games that are over are told to Gauntlet again and again; while it is away they wait in the database. */
function tellWhileOpen(report: () => Promise<unknown>, say: (line: string) => void): { close(): Promise<void> } {
  let isClosed = false;
  let wasAway = false;
  let timer: NodeJS.Timeout | undefined;
  let telling: Promise<void> = Promise.resolve();
  const tell = async (): Promise<void> => {
    try {
      await report();
      if (wasAway) say("Gauntlet answers again");
      wasAway = false;
    } catch (error) {
      if (!wasAway) say(`games wait, because Gauntlet could not be told: ${error instanceof Error ? error.message : String(error)}`);
      wasAway = true;
    }
    if (!isClosed) timer = setTimeout(begin, wasAway ? RETRY_MS : REPORT_MS);
  };
  const begin = (): void => {
    telling = tell();
  };
  begin();
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await telling;
      if (!wasAway) await tell();
    },
  };
}
