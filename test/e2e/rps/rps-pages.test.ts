import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { axeViolations } from "../axe-violations.ts";
import { CHROMIUM_ARGUMENTS, findChromium } from "../find-chromium.ts";
import { openGame, type OpenedGame } from "./open-game.ts";

const SETUP = fileURLToPath(new URL("../../../scripts/setup.mjs", import.meta.url));
const executablePath = findChromium();
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

let game: OpenedGame;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What the page complained about: blocked by the policy, thrown, or written to the console as an error. */
let complaints: string[] = [];

describe.skipIf(executablePath === null)("rock, paper, scissors in a browser, over the whole platform", { timeout: 90_000 }, () => {
  beforeAll(async () => {
    execFileSync(process.execPath, [SETUP, "--rps"], { env: { ...process.env, NODE_ENV: "production" }, stdio: ["ignore", "ignore", "inherit"] });
    game = await openGame({ gamesBefore: 120 });
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: [...CHROMIUM_ARGUMENTS] });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await game?.close();
  });
  beforeEach(() => open({ viewport: WIDE }));
  afterEach(async () => {
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("a whole match by mouse: the guess is shown after the move, and the store has what the page shows", async () => {
    await page.goto(game.url);
    await page.getByText("Boosted trees").click();
    await page.getByLabel("Your name").fill("Mouse");
    await page.getByRole("button", { name: "Start the match" }).click();
    await page.getByRole("heading", { level: 1, name: "Mouse against Forrest" }).waitFor();
    const guess = page.getByRole("region", { name: "What Forrest expected" });
    for (let round = 1; !(await isOver()); round++) {
      const { id } = await savedMatch();
      const { round_points: worth } = await answerOf(`/round_points?game_id=${id}`);
      const move = (["rock", "paper", "scissors"] as const)[round % 3]!;
      const button = page.getByRole("button", { name: new RegExp(`^${move}`, "i") });
      await button.filter({ hasText: worth[move].toFixed(1) }).click();
      await roundPlayed(round);
      expect(await guess.getByText("you played it").count()).toBe(round <= 3 ? 0 : 1);
      if (round > 3) expect(await guess.innerText()).toMatch(/(Production|B), version \d+/);
      expect(await page.getByRole("status").innerText()).toMatch(new RegExp(`^Round ${round}: you played ${move}, Forrest played .*You \\d+\\.\\d, Forrest \\d+\\.\\d\\.`));
    }
    const { id, rounds } = await savedMatch();
    const kept = await answerOf(`/stats?game_id=${id}`);
    expect(kept).toMatchObject({ rounds, winner: expect.stringMatching(/^(user|bot|tie)$/) });
    const end = page.getByRole("region", { name: "The end of the match" });
    expect(await end.innerText()).toContain(`${kept.user_score.toFixed(1)} to ${kept.bot_score.toFixed(1)}`);
    expect(await axeViolations(page, { include: [".end"] })).toEqual([]);
    await end.getByRole("button", { name: "Another opponent" }).click();
    await page.getByRole("button", { name: "Start the match" }).waitFor();
    await page.waitForTimeout(300);
    expect(await axeViolations(page, { include: [".picker"] })).toEqual([]);
  });

  test("a whole match by keyboard, with a reload, a lost network and a lost answer amid it, and a rematch by Enter", async () => {
    await page.goto(`${game.url}/ui/`);
    await page.getByRole("radio", { name: /Brian/ }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Rps 123");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Rps 123 against Logan" }).waitFor();
    // Letters, digits, and arrows with Enter: from the heading, Tab would lead to the moves as well.
    const ways = ["r", "2", "S", "ArrowRight+Enter", "p", "3", "ArrowLeft+Enter", "1"];
    for (let round = 1; !(await isOver()); round++) {
      await page.locator(".move[aria-disabled=false]").first().waitFor();
      for (const key of ways[(round - 1) % ways.length]!.split("+")) await page.keyboard.press(key);
      await roundPlayed(round);
      // No match is over before its fifth round.
      if (round === 1) {
        await playWithoutNetwork();
        await page.getByLabel("single keys").uncheck();
        await page.keyboard.press("r");
        await page.waitForTimeout(150);
        expect((await savedMatch()).rounds).toBe(1);
        await page.getByLabel("single keys").check();
      }
      if (round === 2) await loseAnswer(++round);
      if (round === 4) {
        await page.reload();
        await roundPlayed(round);
        expect(await page.getByRole("list").getByText(/^You played/).count()).toBe(4);
      }
    }
    const before = await savedMatch();
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Rematch");
    await page.keyboard.press("Enter");
    await page.locator(".move[aria-disabled=false]").first().waitFor();
    const after = await savedMatch();
    expect([after.rounds, after.id === before.id, after.session === before.session]).toEqual([0, false, true]);
  });

  test("on a phone nothing is wider than it, and who wants no motion gets none", async () => {
    await open({ viewport: PHONE, hasTouch: true, reducedMotion: "reduce" });
    await page.goto(`${game.url}/ui/`);
    expect(await tooWide()).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "Start the match" }).tap();
    for (let round = 1; round <= 4; round++) {
      await page.locator(".move.paper[aria-disabled=false]").tap();
      await roundPlayed(round);
    }
    expect(await tooWide()).toBeLessThanOrEqual(0);
    expect(await page.evaluate("document.getAnimations().length")).toBe(0);
    // The moves can be reached by a thumb without scrolling.
    expect(await page.evaluate("document.querySelector('.moves').getBoundingClientRect().bottom <= innerHeight")).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
  });

  test.each([
    ["leaderboard", "columnheader", "Games"],
    ["stats", "region", "Longest runs of wins"],
  ] as const)("the page of %s is clean in both themes, and fits a phone", async (path, role, name) => {
    await page.goto(`${game.url}/ui/${path}`);
    await page.getByRole(role, { name, exact: true }).waitFor();
    if (path === "stats") for (const bot of ["Brian", "Forrest", "Logan"]) await page.getByRole("region", { name: "Games the bots win" }).getByText(new RegExp(`${bot} \\d+, players`)).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await tooWide()).toBeLessThanOrEqual(0);
  });

  test("with the token: twelve versions, the last decision, and a round as the model saw it; a wrong one is refused", async () => {
    const [production, b] = ["Production", "B"].map((slot) => game.platform.app.models.slots().find((one) => one.type === "xgboost" && one.slot === slot)?.model?.version);
    await reportDecision(String(production), String(b));
    await page.goto(`${game.url}/ui/models`);
    await page.getByLabel("Token").fill("not-the-token-of-this-server");
    await page.keyboard.press("Enter");
    await page.getByText("The server refused this token.").waitFor();
    complaints = complaints.filter((complaint) => !complaint.includes("401"));
    await page.getByLabel("Token").fill(game.token);
    await page.keyboard.press("Enter");
    const trees = page.getByRole("region", { name: "Boosted trees" });
    await trees.getByText("61.0%").waitFor();
    expect(await page.getByText(/^version v\d+$/).count()).toBe(12);
    expect(await trees.getByRole("listitem").first().innerText()).toContain("won 40 of 60 games");
    await page.getByRole("region", { name: "Last decisions" }).getByText("Production stays").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole("link", { name: "Play" }).click();
    await page.getByRole("button", { name: "Start the match" }).click();
    for (let round = 1; round <= 4; round++) {
      await page.locator(".move[aria-disabled=false]").first().waitFor();
      await page.keyboard.press("p");
      await roundPlayed(round);
    }
    await page.getByRole("link", { name: "Debug" }).click();
    // Asked without a game, the slot that played says what it said in the game.
    const { guess, model } = await lastRound();
    const played = page.getByRole("row", { name: new RegExp(`^${model.model_alias}`) }).getByRole("cell").first();
    await played.getByText(new RegExp(`^${guess.move} ${Math.round(guess.probabilities[guess.move] * 100)}%`, "i")).waitFor();
    expect(await page.getByRole("region", { name: "What all twelve expect" }).getByRole("cell").filter({ hasText: /\d%/ }).count()).toBe(12);
    const saw = page.getByRole("region", { name: "What the model saw" });
    await saw.getByText("50 columns").waitFor();
    expect(await saw.getByRole("listitem").filter({ hasText: "user_-3_paper" }).innerText()).toMatch(/1$/);
    expect(await saw.getByRole("listitem").filter({ hasText: "step_no" }).innerText()).toMatch(/4$/);
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await tooWide()).toBeLessThanOrEqual(0);
  });
});

async function open(options: BrowserContextOptions): Promise<void> {
  await context?.close();
  context = await browser.newContext(options);
  page = await context.newPage();
  complaints = [];
  page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
  page.on("pageerror", (error) => void complaints.push(error.message));
}

async function roundPlayed(round: number): Promise<void> {
  await page.getByRole("status").filter({ hasText: new RegExp(`^Round ${round}:`) }).waitFor({ state: "attached" });
  await page.locator(".move[aria-disabled=false], .end").first().waitFor();
}

/** What can't be sent is said, nothing is played, and the match goes on afterwards. */
async function playWithoutNetwork(): Promise<void> {
  await context.setOffline(true);
  await page.keyboard.press("r");
  await page.getByRole("alert").getByText("can't be reached").waitFor();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Try again" }).press("Enter");
  await page.getByRole("alert").waitFor({ state: "detached" });
  complaints = complaints.filter((complaint) => !complaint.includes("ERR_INTERNET_DISCONNECTED"));
}

/** A round that the server has played, and whose answer never came: it is told from the score. */
async function loseAnswer(round: number): Promise<void> {
  const { id } = await savedMatch();
  await page.route("**/play", async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await page.keyboard.press("r");
  await page.getByRole("button", { name: "Try again" }).press("Enter");
  await roundPlayed(round);
  await page.getByRole("alert").waitFor({ state: "detached" });
  const kept = await answerOf(`/stats?game_id=${id}`);
  expect(await page.getByRole("status").innerText()).toContain(`You ${kept.user_score.toFixed(1)}, Logan ${kept.bot_score.toFixed(1)}.`);
  complaints = complaints.filter((complaint) => !complaint.includes("ERR_FAILED"));
}

function isOver(): Promise<boolean> {
  return page.getByRole("region", { name: "The end of the match" }).isVisible();
}

async function savedMatch(): Promise<{ readonly id: string; readonly session: string; readonly rounds: number }> {
  const match = JSON.parse(String(await page.evaluate("sessionStorage.getItem('rps.match')")));
  return { id: match.gameId, session: match.sessionId, rounds: match.rounds.length };
}

async function lastRound() {
  return JSON.parse(String(await page.evaluate("JSON.stringify(JSON.parse(sessionStorage.getItem('rps.match')).rounds.at(-1))")));
}

async function answerOf(path: string) {
  const response = await fetch(game.url + path);
  expect(response.status).toBe(200);
  return JSON.parse(await response.text());
}

function tooWide(): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - innerWidth");
}

async function reportDecision(production: string, b: string): Promise<void> {
  const body = {
    model_type: "xgboost",
    decision: "retain_production",
    production_wins: 40,
    production_total_games: 60,
    b_wins: 30,
    b_total_games: 60,
    alias_accuracies: [{ alias: "Production", source_alias: "Production", accuracy: 0.61, total_predictions: 200 }],
    alias_assignments: [
      { alias: "Production", version: production, source_alias: "Production", previous_version: production, changed: false },
      { alias: "B", version: b, source_alias: "B", previous_version: b, changed: false },
    ],
    reason: "B won less often",
  };
  const response = await fetch(`${game.url}/internal/promotion/report`, { method: "POST", headers: { authorization: `Bearer ${game.token}`, "content-type": "application/json" }, body: JSON.stringify(body) });
  expect(response.status, await response.text()).toBe(200);
}
