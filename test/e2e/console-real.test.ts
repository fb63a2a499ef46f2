import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createToken, parseConfig, startServer, type RunningServer } from "@gauntlet/server";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { asNew } from "./as-new.ts";
import { axeViolations } from "./axe-violations.ts";
import { builtConsole } from "./built-console.ts";
import { CHROMIUM_ARGUMENTS, findChromium } from "./find-chromium.ts";
import { mailWorldData } from "./mail-world-data.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const executablePath = findChromium();
const worldFile = readFileSync(join(root, "examples/mail/world.yaml"), "utf8");

/** A world on real mails takes six seconds on a quiet machine, and a minute on a busy one. */
const PATIENCE_MS = 180_000;

let dataDir = "";
let server: RunningServer;
let token = "";
let browser: Browser;
let page: Page;
let complaints: string[] = [];

describe.skipIf(executablePath === null)("the console over a real server with the mail world's data", { timeout: 90_000 }, () => {
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "gauntlet-mail-"));
    const dist = builtConsole();
    mailWorldData(dataDir);
    server = await startServer({ ...parseConfig("listen: { port: 0 }", "the test", {}), dataDir }, { consoleDir: dist, log: () => undefined });
    token = (await createToken(server.composition.store.tokens, { name: "the test", role: "operator", now: Date.now() })).secret;
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: [...CHROMIUM_ARGUMENTS] });
    await open();
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  afterEach(() => {
    expect(complaints).toEqual([]);
  });

  test("the fleet shows every run of the world with its verdict", async () => {
    await show("/");
    for (const [model, verdict] of [["spam-filter-ships", "Promote"], ["spam-filter-cautious", "Retain"], ["spam-filter-sabotage", "Roll back"]] as const) {
      const row = page.locator("li, tr, article").filter({ has: page.getByRole("link", { name: model, exact: true }) }).last();
      await row.getByText(verdict, { exact: true }).first().waitFor();
    }
  });

  test("the room of the version that shipped: its verdict, both intervals of the ratio, a chain that verifies here", async () => {
    await show("/models/spam-filter-ships");
    await page.getByRole("region", { name: "Verdict" }).getByText("Promote", { exact: true }).waitFor();
    await page.getByText("were hashed again in this browser").waitFor();
    const chart = page.getByRole("img", { name: /Recall, challenger over champion over time/ });
    const words = (await chart.getAttribute("aria-label")) ?? "";
    const [, watchedLow = "", low = ""] = /at any time: ([\d.]+)×.* once: ([\d.]+)×/.exec(words) ?? [];
    expect(Number(watchedLow)).toBeGreaterThan(1);
    expect(Number(low)).toBeGreaterThan(Number(watchedLow));
    await page.getByText("The wide band may be looked at every day").waitFor();
    const difference = (await page.getByRole("img", { name: /Precision, challenger − champion over time/ }).getAttribute("aria-label")) ?? "";
    expect(difference).toMatch(/at any time \(asymptotic\): \S+ pp to \S+ pp.* once: \S+ pp to \S+ pp/);
    await page.getByText("Show as a table").nth(1).click();
    await page.getByRole("columnheader", { name: "Interval, at any time" }).waitFor();
  });

  test("the whole ledger is verified by the server", async () => {
    await show("/ledger");
    await page.getByText("Verified.", { exact: true }).waitFor();
    expect(await page.getByText("Broken", { exact: true }).count()).toBe(0);
  });

  test("without hooks their page says how to set one up", async () => {
    await show("/hooks");
    await page.getByRole("heading", { name: "Nobody is told yet" }).waitFor();
  });

  test("a recorded policy is simulated from its room, by keyboard, with the operator's token", async () => {
    await show("/models/spam-filter-ships");
    await page.getByRole("link", { name: "simulate this policy" }).click();
    await page.getByRole("heading", { level: 1, name: "Simulate a policy" }).waitFor();
    expect(await page.getByLabel("Policy", { exact: true }).inputValue()).toContain("improveBy: 5%");
    await page.getByText("More of the world").click();
    await page.getByLabel(/Lines of a world file/).fill(worldFile);
    await page.getByLabel("True changes of recall").fill("0%, 14.8%");
    await page.getByLabel("Runs for each").fill("40");
    await page.getByLabel("Operator token").fill(token);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /What ships would do/ }).waitFor({ timeout: 60_000 });
    const promote = page.getByRole("img", { name: /Chance to promote against the true effect/ });
    expect(await promote.getAttribute("aria-label")).toMatch(/0\s%: .*, naive .*; \+14\.8\s%: /);
    await page.getByText("Show as a table").click();
    expect(await page.getByRole("row").count()).toBe(3);
    await page.getByText(/is promoted in at most/).waitFor();
    // Nothing the mail world left open: labels, rates and values are given there.
    await page.getByText("nothing: every figure was given").waitFor();
    await page.getByText("Signed with the token of this tab").waitFor();
  });

  test("what the server refuses is told with its place and its fix; a refused token is asked for again", async () => {
    await show("/simulate");
    await page.getByLabel("Runs for each").fill("20");
    await page.getByLabel("Operator token").fill("wrong");
    await page.getByRole("button", { name: "Simulate" }).click();
    await page.getByRole("alert").getByText("To mend it:").waitFor();
    await page.getByLabel("Operator token").fill(token);
    await page.getByLabel("Positives among them").fill("200%");
    await page.getByRole("button", { name: "Simulate" }).click();
    await page.getByRole("alert").getByText("/prevalence", { exact: true }).waitFor();
    await page.getByLabel("Positives among them").fill("");
    await page.getByLabel("True changes of recall").fill("lots");
    await page.getByRole("button", { name: "Simulate" }).click();
    await page.getByText('"lots" is no relative change').waitFor();
    // A browser writes every refused answer to its console.
    expect(complaints.every((complaint) => /status of 4\d\d/.test(complaint))).toBe(true);
    complaints = [];
  });

  test("a simulation can be given up, and the next one begins", async () => {
    await show("/simulate");
    await page.getByLabel("Runs for each").fill("5000");
    await page.getByLabel("Operator token").fill(token);
    await page.getByRole("button", { name: "Simulate" }).click();
    await page.getByRole("button", { name: "Simulating …" }).waitFor();
    await page.getByRole("button", { name: "Give up" }).click();
    await page.getByText("Given up").waitFor();
    await page.getByLabel("Runs for each").fill("5");
    await page.getByLabel("True changes of recall").fill("0%, 30%");
    await expect
      .poll(
        async () => {
          await page.getByRole("button", { name: "Simulate", exact: true }).click();
          await page.getByRole("heading", { name: /What recall-first would do/ }).or(page.getByRole("alert")).waitFor({ timeout: 60_000 });
          return await page.getByRole("alert").count();
        },
        { timeout: 60_000 },
      )
      .toBe(0);
    await page.getByText("+30 % was left out").waitFor();
    complaints = complaints.filter((complaint) => !complaint.includes("409"));
  });

  // Of the other pages axe sees every kind over the fixtures.
  test.each(["/", "/models/spam-filter-ships", "/ledger", "/simulate?model=spam-filter-ships"])("a phone is wide enough, and axe finds nothing on a room and a simulation, light and dark: %s", async (path) => {
    await show(path);
    if (path.startsWith("/simulate")) await simulateBriefly();
    if (path.includes("spam-filter-ships")) expect(await axeViolations(page, { exclude: [".entry:nth-child(n+4)"] })).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(200);
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  });
});

async function simulateBriefly(): Promise<void> {
  await page.getByLabel("True changes of recall").fill("-10%, 0%, 5%, 10%, 20%");
  await page.getByLabel("Runs for each").fill("20");
  await page.getByLabel("Operator token").fill(token);
  await page.getByRole("button", { name: "Simulate" }).click();
  await page.getByRole("heading", { name: /What .* would do/ }).waitFor({ timeout: 60_000 });
  await page.evaluate('document.querySelectorAll("details").forEach((details) => { details.open = true; })');
}

async function open(): Promise<void> {
  page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.addInitScript('addEventListener("securitypolicyviolation", (event) => console.error(`blocked: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))');
}

/** Opens a path in a page as new, and waits until nothing is loading any more. */
async function show(path: string): Promise<void> {
  await asNew(page, { width: 1360, height: 900 });
  complaints = [];
  await page.goto((server.url ?? "") + path);
  await page.locator("h1").first().waitFor();
  await page.locator(".loading").first().waitFor({ state: "detached" });
}
