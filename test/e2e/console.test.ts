import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { append, NOW } from "../../apps/console/testing/fixture-models.ts";
import { startFixtureServer, TOKEN, verdictsShown, type FixtureServer } from "../../apps/console/testing/fixture-server.ts";
import { HOSTILE } from "../../apps/console/testing/fixture-worlds.ts";
import { asNew } from "./as-new.ts";
import { axeViolations } from "./axe-violations.ts";
import { builtConsole } from "./built-console.ts";
import { CHROMIUM_ARGUMENTS, findChromium } from "./find-chromium.ts";

const executablePath = findChromium();
if (executablePath === null) process.stderr.write("The console's browser tests are skipped: no Chromium on the PATH. Install one, or name it in CHROMIUM.\n");

const PAGES: readonly (readonly [string, string])[] = [
  ["fleet", "/"],
  ["promoted", "/models/fraud_detector"],
  ["awaiting approval", "/models/checkout_risk"],
  ["retained", "/models/spam_filter"],
  ["rolled back", "/models/churn_scorer"],
  ["failing effect", "/models/search_ranker"],
  ["held", "/models/ad_quality"],
  ["extreme figures", "/models/a_model_with_a_name_that_goes_on_and_on_because_somebody_thought_that_every_detail_belongs_into_it_2026"],
  ["hostile", `/models/${encodeURIComponent(HOSTILE)}`],
  ["without a rollout", "/models/sentiment_v2"],
  ["unknown model", "/models/nobody"],
  ["rollback dialog", "/models/checkout_risk?act=rollback"],
  ["ledger", "/ledger"],
  ["a chain", "/ledger?chain=fraud_detector"],
  ["hooks", "/hooks"],
  ["simulate", "/simulate"],
  ["a recorded policy", "/simulate?model=checkout_risk"],
  ["no such page", "/nowhere"],
];

/** axe takes seconds a page: one page of every make is enough for it, so that it sees all but these. */
const WITHOUT_AXE = new Set(["promoted", "retained", "failing effect", "held", "extreme figures", "hostile", "ledger", "a recorded policy", "no such page"]);

const WIDE = { width: 1360, height: 900 };

let dist = "";
let browser: Browser;
let server: FixtureServer;
let context: BrowserContext;
let page: Page;
/** What the page complained about: blocked by the policy, thrown, or written to the console as an error. */
let complaints: string[] = [];

describe.skipIf(executablePath === null)("the console in a browser", () => {
  beforeAll(async () => {
    dist = builtConsole();
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: [...CHROMIUM_ARGUMENTS] });
    await open();
  });
  afterAll(async () => {
    await browser.close();
  });
  // Each test has a server of its own, and by its port an origin.
  beforeEach(async () => {
    server = await startFixtureServer({ dist });
    complaints = [];
  });
  afterEach(async () => {
    await asNew(page, WIDE);
    await server.close();
  });

  test("the fixtures show every verdict that a test of two versions may have", () => {
    expect(verdictsShown(server.models)).toEqual(["hold", "promote", "retain", "rollback"]);
  });

  test.each(PAGES)("nothing is blocked by the policy, nothing throws, a phone is wide enough, and of one page of every make axe finds nothing, light and dark: %s", async (name, path) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await show(path);
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    await page.setViewportSize(WIDE);
    await page.mouse.move(500, 700);
    expect(complaints.filter((complaint) => !complaint.includes("404"))).toEqual([]);
    expect(await page.locator("style, [onerror], [onload], script:not([src])").count()).toBe(0);
    if (WITHOUT_AXE.has(name)) return;
    // What is folded away is looked at too; of a long ledger, the newest entries.
    await page.evaluate('document.querySelectorAll("details:not(.entry details), .entry:nth-child(-n+3) details").forEach((details) => { details.open = true; })');
    expect(await axeViolations(page)).toEqual([]);
  });

  test.each(["/", `/models/${encodeURIComponent(HOSTILE)}`, `/ledger?chain=${encodeURIComponent(HOSTILE)}`])("hostile strings stay text: %s", async (path) => {
    await show(path);
    expect(await page.getByText(HOSTILE).first().isVisible()).toBe(true);
    expect(await page.evaluate("window.hacked")).toBeUndefined();
    expect(await page.locator("img[src='x'], svg[onload]").count()).toBe(0);
  });

  test("a hostile model can be opened from the fleet and rolled back by its own name", async () => {
    await show("/");
    await page.getByRole("link", { name: HOSTILE, exact: true }).click();
    await page.getByRole("heading", { level: 1, name: HOSTILE }).waitFor();
    await page.getByRole("button", { name: "Roll back" }).click();
    await fillAct("hostile name");
    await page.getByText("recorded as entry").waitFor();
    expect(server.acts.at(-1)).toMatchObject({ model: HOSTILE, verb: "rollback", status: 200 });
  });

  test("a rollback by keyboard alone, from the fleet to the verdict", async () => {
    await show("/");
    await tabTo((name) => name === "Roll back mail_router");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    expect(await page.getByLabel("What will happen").innerText()).toMatch(/20\s% of units move back/);
    await page.keyboard.type("p95 alarm at three in the morning");
    await page.keyboard.press("Tab");
    await page.keyboard.type(TOKEN);
    await page.keyboard.press("Enter");
    await page.getByText("recorded as entry").waitFor();
    // The controller's next tick carries it out, and the page follows by itself.
    await page.getByRole("region", { name: "Verdict" }).getByText("Roll back", { exact: true }).waitFor();
    await page.getByText("operator asked for it. p95 alarm at three in the morning").waitFor();
    expect(server.acts).toMatchObject([{ model: "mail_router", verb: "rollback", body: { reason: "p95 alarm at three in the morning" }, status: 200 }]);
    expect(server.acts[0]?.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
    expect(await page.evaluate("JSON.stringify({ ...localStorage }) + document.cookie + location.href")).not.toContain(TOKEN);
  });

  test("Alt+Shift+R opens the rollback wherever the focus is; Escape closes it and gives the focus back", async () => {
    await show("/models/mail_router");
    await page.keyboard.press("Alt+Shift+KeyR");
    await page.getByRole("dialog", { name: /Roll back/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(server.acts).toEqual([]);
  });

  test("the skip link is the first stop and leads past the navigation", async () => {
    await show("/models/mail_router");
    await page.keyboard.press("Tab");
    expect(await focusedName()).toBe("Skip to content");
    await page.keyboard.press("Enter");
    await tabTo((name) => name === "Roll back", 3);
  });

  test("a refused token is told with its fix and asked for again; a good one is asked for once", async () => {
    await show("/models/mail_router");
    await page.getByRole("button", { name: "Hold" }).click();
    await fillAct("wait for the campaign", "wrong");
    await page.getByText("Print a valid one with `gauntlet token`").waitFor();
    await page.getByLabel("Operator token").fill(TOKEN);
    await page.getByRole("dialog").getByRole("button", { name: "Hold" }).click();
    await page.getByText("recorded as entry").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    expect(await page.getByLabel("Operator token").count()).toBe(0);
    await page.getByLabel(/Why\?/).fill("campaign is over");
    await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Hold" }).waitFor();
    expect(server.acts.map((act) => [act.verb, act.status])).toEqual([
      ["hold", 401],
      ["hold", 200],
      ["resume", 200],
    ]);
  });

  test("the same act keeps its idempotency key, another reason gets another", async () => {
    await show("/models/mail_router");
    await page.getByRole("button", { name: "Promote" }).click();
    await fillAct("conflict please");
    await page.getByText("Wait until they are read back").waitFor();
    const confirm = page.getByRole("dialog").getByRole("button", { name: "Promote" });
    await confirm.click();
    await expect.poll(() => server.acts.length).toBe(2);
    await page.getByLabel(/Why\?/).fill("checked by hand");
    await confirm.click();
    await page.getByText("recorded as entry").waitFor();
    const [first, second, third] = server.acts.map((act) => act.idempotencyKey);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test("no reason, no act", async () => {
    await show("/models/mail_router");
    await page.getByRole("button", { name: "Reject" }).click();
    await fillAct("   ");
    await page.waitForTimeout(200);
    expect(server.acts).toEqual([]);
    expect(await page.getByRole("dialog").isVisible()).toBe(true);
  });

  test("an approval names the decision and the evidence it is for", async () => {
    await show("/models/checkout_risk");
    const decision = server.models.get("checkout_risk")?.decision;
    await page.getByRole("button", { name: "Approve" }).click();
    await fillAct("seen and fine");
    await page.getByText("recorded as entry").waitFor();
    expect(server.acts.at(-1)).toMatchObject({ verb: "approve", body: { decisionId: decision?.id, evidenceDigest: decision?.evidenceDigest, comment: "seen and fine" } });
    await page.getByText("2 of 2 given").waitFor();
  });

  test("a change appears by itself; a lost stream is shown, and what was missed is read when it is back", async () => {
    await show("/models/mail_router");
    await page.getByText("live", { exact: true }).waitFor();
    hold("first reason");
    await page.getByText("first reason").first().waitFor();
    server.streams(false);
    await page.getByText("reconnecting").waitFor();
    hold("second reason", false);
    await page.waitForTimeout(300);
    expect(await page.getByText("second reason").count()).toBe(0);
    server.streams(true);
    await page.getByText("second reason").first().waitFor();
    await page.getByText("live", { exact: true }).waitFor();
  });

  test("a stream that stays away makes the page stale, since when is said", apart(async () => {
    await page.clock.install();
    await show("/");
    await page.getByText("live", { exact: true }).waitFor();
    server.streams(false);
    await page.getByText("reconnecting").waitFor();
    await page.clock.runFor(11_000);
    await page.getByText(/stale since \d\d:\d\d:\d\d UTC/).waitFor();
  }));

  test("what is due is told by the controller's clock, whatever the browser's says", apart(async () => {
    await page.clock.setFixedTime(new Date("2031-01-01T00:00:00Z"));
    await show("/");
    await page.getByText("look due in 7 d").waitFor();
    await page.getByText("Controller 2002-09-12 09:30 UTC").waitFor();
  }));

  test("the theme is chosen, kept, and in force before the first drawing", async () => {
    await show("/");
    const toggle = page.getByRole("button", { name: /Theme/ });
    await toggle.click();
    await toggle.click();
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    await page.reload();
    expect(await page.evaluate("getComputedStyle(document.body).colorScheme")).toBe("dark");
  });

  test("a hook's log by keyboard: filtered in the address, opened, told again; a test ends a disabling", async () => {
    await show("/hooks?hook=old-portal&status=lots");
    expect(await page.getByRole("combobox", { name: /^Hook/ }).inputValue()).toBe("old-portal");
    await page.getByRole("row", { name: /old-portal.*disabled 5 h ago: it answered 410/ }).waitFor();
    await tabTo((name) => name.includes("Not heard: answered 410"));
    await page.keyboard.press("Enter");
    await page.getByText('"type": "gauntlet.rolled_back"').waitFor();
    await page.getByRole("row", { name: /^1 .*61\.0 ms answered 410$/ }).waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    await tabTo((name) => name === "Tell it again");
    await page.keyboard.press("Enter");
    await page.getByText("until it hears a test, it is told nothing, this neither").waitFor();
    await page.getByLabel("Operator token").fill(TOKEN);
    await page.keyboard.press("Enter");
    await page.getByText("old-portal is told again with the server's next round.").waitFor();
    await page.getByRole("cell", { name: "told again by hand: counted from 1" }).waitFor();
    await page.getByRole("button", { name: "Send a test to old-portal" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Send the test" }).click();
    await page.getByText("old-portal heard the test: answered 204.").waitFor();
    await page.getByRole("row", { name: /old-portal.*hears/ }).waitFor();
    expect(server.acts.map(({ verb, status }) => [verb, status])).toEqual([["replay", 200], ["test", 200]]);
  });

  test("the log of hooks follows by itself, of one that is gone it says so, and with none it says how to set one up", async () => {
    await show("/hooks");
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByText("gone-since").first().click();
    await page.getByText("The configuration has no hook of this name any more").waitFor();
    expect(await page.evaluate("window.hacked")).toBeUndefined();
    Object.assign(server.hooks, { list: [], deliveries: [] });
    server.emit("mail_router");
    await page.getByRole("heading", { name: "Nobody is told yet" }).waitFor();
    expect(await page.getByText("kind: slack").count()).toBe(1);
  });

  test("an empty fleet says what to do", async () => {
    server.models.clear();
    await show("/");
    await page.getByRole("heading", { name: "No models yet" }).waitFor();
  });

  test("an outage is told with its fix, and a later answer mends the page", async () => {
    await page.route("**/v1/models", (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" }));
    await show("/");
    await page.getByText("The fleet can't be read").waitFor();
    await page.getByText("Check the proxy").waitFor();
    await page.unroute("**/v1/models");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("link", { name: "mail_router", exact: true }).waitFor();
  });

  test("an answer of another shape is an error, not half a page", async () => {
    await page.route("**/v1/models", (route) => route.fulfill({ json: { now: "yesterday", models: [] } }));
    await show("/");
    await page.getByText(/The answer of \/v1\/models can't be read: now/).waitFor();
  });

  test("the browser hashes the ledger itself, and a changed entry is found", async () => {
    await show("/models/fraud_detector");
    await page.getByText("were hashed again in this browser").waitFor();
    const model = server.models.get("fraud_detector");
    const entry = model?.entries[4];
    if (model !== undefined && entry !== undefined) model.entries[4] = { ...entry, at: entry.at + 1 };
    await page.reload();
    await page.getByText("Entry 5 is not what was written").waitFor();
  });

  test("a long chain is read a window at a time", async () => {
    const model = server.models.get("mail_router");
    if (model === undefined) throw new Error("no fixture");
    for (let entry = 0; entry < 150; entry += 1) append(model, NOW + entry, { kind: "resume", by: "robot", reason: `entry ${entry}` });
    await show("/models/mail_router");
    const entries = page.locator(".entry");
    await expect.poll(() => entries.count()).toBeLessThan(60);
    const before = await entries.count();
    await page.getByRole("button", { name: /Show older entries/ }).click();
    await expect.poll(() => entries.count()).toBe(before + 25);
    await page.getByText("were hashed again in this browser").waitFor();
  });

  test("the figures of the forest plot and of the series are there as tables too", async () => {
    await show("/models/fraud_detector");
    await page.getByRole("img", { name: /Forest plot.*Recall superiority: 1\.103×/ }).waitFor();
    await page.getByText("Show as a table").first().click();
    await page.getByRole("row", { name: /Recall superiority Pass 1\.103×.*at least 1\.050×/ }).waitFor();
    await page.getByRole("region", { name: "Serves nothing any more" }).getByText("predictor v7 of SeldonDeployment models/fraud needs no more replicas").waitFor();
    await page.getByRole("img", { name: /Recall, challenger over champion over time.*limit 1\.050×/ }).waitFor();
  });
});

async function open(): Promise<void> {
  context = await browser.newContext({ viewport: WIDE });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.addInitScript('addEventListener("securitypolicyviolation", (event) => console.error(`blocked: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))');
}

/** A test that sets the clock of its page. */
function apart(work: () => Promise<void>): () => Promise<void> {
  return async () => {
    const shared = { context, page };
    await open();
    try {
      await work();
    } finally {
      await context.close();
      ({ context, page } = shared);
    }
  };
}

/** Opens a path and waits until nothing is loading any more. */
async function show(path: string): Promise<void> {
  await page.goto(server.url + path);
  await page.locator("h1").first().waitFor();
  await page.locator(".loading").first().waitFor({ state: "detached" });
  await page.waitForTimeout(150);
}

async function fillAct(reason: string, token = TOKEN): Promise<void> {
  await page.getByLabel(/Why\?/).fill(reason);
  await page.getByLabel("Operator token").fill(token);
  await page.keyboard.press("Enter");
}

function hold(reason: string, tell = true): void {
  const model = server.models.get("mail_router");
  if (model === undefined) throw new Error("no fixture");
  append(model, NOW, { kind: "hold", hold: { by: "sam", at: NOW, reason } });
  if (tell) server.emit("mail_router");
}

async function tabTo(wanted: (name: string) => boolean, stops = 40): Promise<void> {
  const seen: string[] = [];
  for (let stop = 0; stop < stops; stop += 1) {
    await page.keyboard.press("Tab");
    const name = await focusedName();
    seen.push(name);
    if (wanted(name)) return;
  }
  throw new Error(`not reached in ${stops} stops: ${seen.join(", ")}`);
}

async function focusedName(): Promise<string> {
  return await page.evaluate("(document.activeElement?.textContent ?? '').trim()");
}
