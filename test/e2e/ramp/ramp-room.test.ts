import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { RunningServer } from "@gauntlet/server";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { asNew } from "../as-new.ts";
import { axeViolations } from "../axe-violations.ts";
import { builtConsole } from "../built-console.ts";
import { CHROMIUM_ARGUMENTS, findChromium } from "../find-chromium.ts";
import { EXPERIMENT, MODEL, openRamp } from "./open-ramp.ts";

const executablePath = findChromium();
/** What is there when a page is: its last part to come. */
const PAGES = [["room", `/models/${MODEL}`, "Guardrails of this stage"], ["health", "/health-of-evidence", MODEL], ["an experiment", `/experiments/${EXPERIMENT}`, "Journal"]] as const;
const WIDE = { width: 1360, height: 900 };

let dataDir = "";
let server: RunningServer;
let browser: Browser;
let shared: Page | null = null;
let complaints: string[] = [];

describe.skipIf(executablePath === null)("the room of a ramp, over a real server", { timeout: 90_000 }, () => {
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "gauntlet-ramp-"));
    server = await openRamp({ dataDir, consoleDir: builtConsole() });
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: [...CHROMIUM_ARGUMENTS] });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("the stages with their dwell, the shares with what was observed, and each guardrail", async () => {
    const page = await open();
    await page.goto(`${server.url}/models/${MODEL}`);
    const ramp = page.getByRole("region", { name: "Ramp" });
    await ramp.getByRole("listitem").filter({ hasText: "quarter" }).getByText("2 d of at least 4 d left").waitFor();
    expect(await ramp.getByRole("progressbar", { name: "Dwell of quarter" }).getAttribute("value")).toBe("0.5");
    expect(await ramp.getByRole("listitem").allInnerTexts()).toHaveLength(4);
    const shares = page.getByRole("img", { name: /^Shares over time/ });
    expect(await shares.getAttribute("aria-label")).toMatch(/champion 80\s?%, control 10\s?%, challenger 10\s?%.*champion 50\s?%, control 25\s?%, challenger 25\s?%/);
    expect(await shares.locator("svg").count()).toBe(2);
    await page.getByRole("region", { name: "Shares over time" }).getByText("Show as a table").click();
    expect(await page.getByRole("region", { name: "Intended shares, as a table" }).getByRole("row").allInnerTexts()).toHaveLength(3);
    for (const name of [/Accepted · Pass/, /Latency p50 · Pass/, /Latency p99 cap · Pass/]) await page.getByRole("img", { name }).waitFor();
  });

  test("the health of its evidence", async () => {
    const page = await open();
    await page.goto(`${server.url}/`);
    await page.getByRole("link", { name: "Health", exact: true }).click();
    const room = page.getByRole("region", { name: MODEL });
    await room.getByText("healthy").waitFor();
    await room.getByRole("row", { name: /Sample ratio/ }).getByText("25 % was intended").waitFor();
  });

  test("an experiment, from the list of all to its variants and its journal, by keyboard", async () => {
    const page = await open();
    await page.goto(`${server.url}/experiments`);
    await page.getByRole("link", { name: EXPERIMENT }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: EXPERIMENT }).waitFor();
    await page.getByRole("region", { name: "Variants" }).getByRole("row", { name: /terse arm 10\s?% 90000–99999/ }).waitFor();
    await page.getByRole("region", { name: "Journal" }).getByRole("row", { name: /^1 .*create/ }).waitFor();
  });

  test.each(PAGES)("axe finds nothing, light and dark, and a phone is wide enough: %s", async (_name, path, part) => {
    const page = await open();
    await page.goto(`${server.url}${path}`);
    await page.getByRole("region", { name: part }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });
});

/** The one page, as new. */
async function open(): Promise<Page> {
  complaints = [];
  if (shared !== null) {
    await asNew(shared, WIDE);
    return shared;
  }
  const page = await browser.newPage({ viewport: WIDE });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  shared = page;
  return page;
}
