import { withShares } from "@gauntlet/core";
import { createToken, parseConfig, startServer, type RunningServer } from "@gauntlet/server";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { addExperiment, changeExperiment, PLAN_EXP_ID } from "../../apps/server/src/testing/experiments.ts";
import { CHROMIUM_ARGUMENTS, findChromium } from "./find-chromium.ts";

const executablePath = findChromium();
const PAGE = fileURLToPath(new URL("openfeature/page.mjs", import.meta.url));

let folder = "";
let shop: Server;
let shopUrl = "";
let server: RunningServer;
let token = "";
let browser: Browser;

describe.skipIf(executablePath === null)("OpenFeature's web SDK in a page of another origin", { timeout: 120_000 }, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gauntlet-page-"));
    await build({ configFile: false, logLevel: "error", root: folder, build: { outDir: folder, emptyOutDir: false, target: "es2022", lib: { entry: PAGE, formats: ["es"], fileName: () => "page.js" } } });
    const script = readFileSync(join(folder, "page.js"));
    shop = createServer((request, response) => {
      const isScript = request.url === "/page.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? script : '<!doctype html><title>A shop</title><body><script type="module" src="/page.js"></script>');
    });
    await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
    const { port } = shop.address() as AddressInfo;
    shopUrl = `http://localhost:${port}`;
    // Beyond loopback, so that tokens and tickets are asked for.
    const config = { ...parseConfig("listen: { port: 0, host: 0.0.0.0 }", "the test", {}), dataDir: join(folder, "data"), allowedOrigins: [shopUrl] };
    server = await startServer(config, { loop: false, log: () => undefined });
    await addExperiment(server.composition.store, { id: PLAN_EXP_ID, name: "plan_exp" });
    token = (await createToken(server.composition.store.tokens, { name: "the shop", role: "viewer", now: Date.now() })).secret;
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: [...CHROMIUM_ARGUMENTS] });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    shop?.close();
    shop?.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (origin: string) => {
    const page = await browser.newPage();
    const gauntlet = `http://127.0.0.1:${new URL(server.url ?? "").port}`;
    await page.goto(`${origin}/?${new URLSearchParams({ gauntlet, token, unit: "user-123" })}`);
    return page;
  };

  test("it gets its variant, and a rollback by the event stream, without asking again", async () => {
    const page = await open(shopUrl);
    await page.getByText('{"variant":"B","reason":"SPLIT","epoch":1}').waitFor();
    await changeExperiment(server.composition.store, "plan_exp", (view) => withShares(view, { control: 10_000 }));
    await page.getByText('{"variant":"control","reason":"STATIC","epoch":2}').waitFor({ timeout: 60_000 });
    await page.close();
  });

  test("a page of an origin that is not allowed is refused by the browser and by the server", async () => {
    const stranger = shopUrl.replace("localhost", "127.0.0.1");
    const page = await open(stranger);
    await page.getByText(/^refused: /).waitFor();
    await page.close();
    const url = `http://127.0.0.1:${new URL(server.url ?? "").port}`;
    const post = (path: string, origin: string) => fetch(url + path, { method: "POST", headers: { origin, authorization: `Bearer ${token}`, "content-type": "application/json" }, body: '{"context":{"targetingKey":"u"}}' });
    expect((await post("/ofrep/v1/evaluate/flags", stranger)).status).toBe(403);
    expect((await post("/ofrep/v1/evaluate/flags", shopUrl)).headers.get("access-control-allow-origin")).toBe(shopUrl);
    // The origin is allowed to evaluate, and nothing else.
    expect((await post("/v1/tokens", shopUrl)).status).toBe(403);
  });
});
