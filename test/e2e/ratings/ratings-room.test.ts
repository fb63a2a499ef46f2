import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { paths } from "@gauntlet/contract";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { asNew } from "../as-new.ts";
import { axeViolations } from "../axe-violations.ts";
import { builtConsole } from "../built-console.ts";
import { CHROMIUM_ARGUMENTS, findChromium } from "../find-chromium.ts";
import { CONFIG, DISPUTED, FALLEN, MODEL, openRatings, type RatingsServer } from "./open-ratings.ts";

const executablePath = findChromium();
/** What is there when a page is, and which part of it is new to the other tests of the console. */
const COMPARED = encodeURIComponent('["depth-8","depth-7","depth-1","learned-a"]');
const PAGES = [
  ["all configurations", "/ratings", "Sync runs", ["main"]],
  ["one configuration", `/ratings/${CONFIG}?compare=${COMPARED}`, "Each against each", ["main"]],
  ["a promotion by matches", `/models/${MODEL}`, "Sequential test", ["#sequential-test", "#played"]],
  ["what is watched", `/models/${FALLEN}`, "After the promotion", ["#monitor"]],
] as const;
const WIDE = { width: 1360, height: 900 };

let dataDir = "";
let opened: RatingsServer;
let browser: Browser;
let shared: Page | null = null;
let complaints: string[] = [];

describe.skipIf(executablePath === null)("the pages of ratings, over a real server", { timeout: 90_000 }, () => {
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "gauntlet-ratings-"));
    opened = await openRatings({ dataDir, consoleDir: builtConsole() });
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: [...CHROMIUM_ARGUMENTS] });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await opened?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test.each(PAGES)("axe finds nothing, light and dark, and a phone is wide enough: %s", async (_name, path, part, parts) => {
    const page = await open();
    await page.goto(`${opened.server.url}${path}`);
    await page.getByRole("region", { name: part }).first().waitFor();
    expect(await axeViolations(page, { include: parts })).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });

  test("from the list to the ladder: groups that can't be compared stand apart, and who beat everybody is not ranked", async () => {
    const page = await open();
    await page.goto(`${opened.server.url}/`);
    await page.getByRole("link", { name: "Ratings", exact: true }).click();
    await page.getByRole("row", { name: new RegExp(`${CONFIG}.*985.*11.*2 to settle`) }).waitFor();
    await page.getByRole("link", { name: CONFIG }).focus();
    await page.keyboard.press("Enter");
    const ladder = page.getByRole("region", { name: "Ladder", exact: true });
    await ladder.getByText("2 groups that can't be compared").waitFor();
    const first = ladder.getByRole("region", { name: "Ladder, group 1, 8 participants" });
    expect((await first.getByRole("row").allInnerTexts()).slice(1).map((row) => /depth-\d/.exec(row)?.[0])).toEqual(["depth-8", "depth-7", "depth-6", "depth-5", "depth-4", "depth-3", "depth-2", "depth-1"]);
    await first.getByRole("row", { name: /depth-8 \+\d+ .*\+\d+ to \+\d+ 90 66–17–7/ }).waitFor();
    await ladder.getByRole("region", { name: "Ladder, group 2, 2 participants" }).getByRole("row", { name: /learned-a/ }).waitFor();
    await ladder.getByText("guest 1 match: 1 won, 0 lost, 0 drawn").waitFor();
  });

  test("arrow keys walk through the pairs; who is ticked in the ladder is drawn and compared, and the link keeps it", async () => {
    const page = await open();
    await page.goto(`${opened.server.url}/ratings/${CONFIG}`);
    const grid = page.getByRole("grid");
    await grid.waitFor();
    expect(await grid.locator("[tabindex='0']").count()).toBe(1);
    await grid.locator("[tabindex='0']").focus();
    const said = page.getByRole("region", { name: "Each against each" }).getByRole("status");
    for (const key of ["Home", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp"]) await page.keyboard.press(key);
    await said.getByText(/^depth-8 is stronger than depth-6 with a likelihood of 9\d\.\d\s%: \+\d+ Elo, standard error \d+\. They met in \d+ matches/).waitFor();
    await page.keyboard.press("End");
    await said.getByText(/^depth-8 and guest can't be compared: .* They never met\.$/).waitFor();
    await page.getByRole("img", { name: /^Ratings over time\. depth-8: from .* depth-4: from/ }).waitFor();
    for (const version of ["depth-2", "depth-7"]) await page.getByRole("checkbox", { name: `Compare ${version}` }).press("Space");
    await page.getByRole("img", { name: /^Ratings over time\. depth-2: from [^.]*\. depth-7: from [^.]*\.$/ }).waitFor();
    await page.getByRole("combobox", { name: /^Against/ }).selectOption("depth-1");
    await page.getByRole("img", { name: /^Ratings over time, against depth-1\. depth-2: from/ }).waitFor();
    await expect.poll(() => grid.getByRole("row").count()).toBe(3);
    await page.reload();
    await expect.poll(() => page.getByRole("checkbox", { name: "Compare depth-2" }).isChecked()).toBe(true);
  });

  test("drift to a node, sessions with it and with one that is not there; a person reconciles at once", async () => {
    const page = await open();
    await page.goto(`${opened.server.url}/ratings/${CONFIG}`);
    const drift = page.getByRole("region", { name: "Drift", exact: true });
    await drift.getByRole("img", { name: /^Differences to west over time\. At 2026-03-12 06:00 UTC: mean 0\.0, largest 0\.0\. largest 50/ }).waitFor();
    await drift.getByText("Both held the same 987 records when they last met").first().waitFor();
    await drift.getByRole("button", { name: "Compare now" }).press("Enter");
    const comparing = page.getByRole("dialog", { name: `Compare the ratings of ${CONFIG}` });
    await comparing.getByLabel("Operator token").fill(opened.token);
    await comparing.getByRole("button", { name: "Compare", exact: true }).click();
    await drift.getByRole("img", { name: /^Differences to west over time\. At 2026-03-12 11:00 UTC: mean 0\.0, largest 0\.0/ }).waitFor();
    await page.goto(`${opened.server.url}/ratings`);
    const runs = page.getByRole("region", { name: "Sync runs", exact: true });
    await runs.getByRole("row", { name: /west HTTP equal what each origin added since 0 2 [\d.]+ kB \d+ B 2/ }).waitFor();
    await runs.getByRole("row", { name: /north HTTP north can't be reached/ }).first().waitFor();
    const before = await runs.getByRole("row").count();
    await runs.getByRole("button", { name: "Reconcile now" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Reconcile now" });
    await dialog.getByText("Signed with the token of this tab.").or(dialog.getByLabel("Operator token")).waitFor();
    await dialog.getByRole("button", { name: "Reconcile", exact: true }).click();
    await runs.getByText("1 reconciled, 1 failed; 0 matches added.").waitFor();
    await expect.poll(() => runs.getByRole("row").count()).toBe(before + 2);
  });

  test("the room of a promotion by matches: its sequential test between the bounds, and no split of traffic", async () => {
    const page = await open();
    await page.goto(`${opened.server.url}/models/${MODEL}`);
    await page.getByRole("img", { name: /^Sequential test\. Tested is whether it is more than 0 Elo better, against 40 Elo\. After 190 games the log-likelihood ratio is 0\.\d\d, between the bounds −2\.\d\d and 2\.\d\d\.$/ }).waitFor();
    const matches = page.getByRole("region", { name: "Matches", exact: true });
    await matches.getByRole("row", { name: /challenger v\D*2 search-2 \+\d+ .* 190 53\.4\s% 1,518/ }).waitFor();
    await matches.getByText("won: 30").waitFor();
    await matches.getByText("1½: 9").waitFor();
    expect(await page.getByRole("region", { name: "Split" }).count()).toBe(0);
    await matches.getByRole("link", { name: "All ratings of arena_2p" }).press("Enter");
    await expect.poll(() => page.getByRole("checkbox", { name: "Compare search-2" }).isChecked()).toBe(true);
  });

  test("what was promoted and became worse is at risk, figure by figure and check by check", async () => {
    const page = await open();
    await page.goto(`${opened.server.url}/models/${FALLEN}`);
    const panel = page.getByRole("region", { name: "After the promotion" });
    await panel.getByText("at risk: the next such check takes it back").waitFor();
    await panel.getByText("2 of 3 showed a regression").waitFor();
    await panel.getByRole("img", { name: /^Rating: change since the promotion over time\. .*may lose 30\.0 Elo/ }).waitFor();
    await panel.getByRole("img", { name: /^Win rate, against its floor over time/ }).waitFor();
    await panel.getByText("Every check, newest first").click();
    const checks = panel.getByRole("region", { name: "Checks after the promotion, newest first" });
    await checks.getByRole("row", { name: /172 regression, 2 in a row: at risk/ }).waitFor();
  });

  test("both versions of a conflict stand side by side, and a person settles it with a reason and a token", async () => {
    const page = await open();
    await page.goto(`${opened.server.url}/ratings/${CONFIG}`);
    const versions = page.getByRole("region", { name: `Versions of match ${DISPUTED}` });
    await versions.waitFor();
    expect((await versions.getByRole("row", { name: /differs/ }).allInnerTexts()).map((row) => row.split(/\s/)[0])).toEqual(["Result", "Ended", "Moves", "Recorded"]);
    await versions.getByRole("columnheader", { name: /Version 2 .* counts/ }).waitFor();
    await versions.getByRole("button", { name: new RegExp(`version 1 of match ${DISPUTED}`) }).press("Enter");
    const dialog = page.getByRole("dialog", { name: new RegExp(DISPUTED) });
    await dialog.getByText(/^This counts then: result depth-\d won; ended/).waitFor();
    await dialog.getByLabel(/^Why\?/).fill("the board's own log");
    await dialog.getByLabel("Operator token").fill("gauntlet_wrong");
    await dialog.getByRole("button", { name: "Keep this version" }).click();
    await dialog.getByRole("alert").getByText("Not done").waitFor();
    await dialog.getByLabel("Operator token").fill(opened.token);
    await dialog.getByLabel("Operator token").press("Enter");
    await page.getByText(`Match ${DISPUTED} is settled`).waitFor();
    await versions.waitFor({ state: "detached" });
    await page.getByText("988 records here, 987 on west when they last met. Reconciling ends that part.").first().waitFor();
    await page.getByRole("button", { name: /^None of them is right for match square8-240 ?: take the match out/ }).press("Enter");
    const purging = page.getByRole("dialog", { name: "Take the match out square8-240" });
    await purging.getByLabel(/^Why\?/).fill("played on a broken board");
    await purging.getByRole("button", { name: "Take it out" }).click();
    await page.getByText("Match square8-240 is taken out").waitFor();
    await page.getByText("Nobody tells a match of this configuration differently.").waitFor();
    const held = (await (await fetch(`${opened.server.url}${paths.match(DISPUTED)}`)).json()) as { resolvedBy: string; tombstones: { reason: string }[] };
    expect([held.resolvedBy, held.tombstones.length]).toEqual(["person", 1]);
    expect(held.tombstones[0]?.reason).toContain("the board's own log");
  });

  test("without a match the page says how to begin", async () => {
    const page = await open();
    await page.route(`**${paths.ratings}`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...((await answer.json()) as object), configs: [] } });
    });
    await page.goto(`${opened.server.url}/ratings`);
    await page.getByText("There is no match yet.").waitFor();
    await page.getByText("gauntlet ratings import").waitFor();
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
