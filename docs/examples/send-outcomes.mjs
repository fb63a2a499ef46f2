// Sends outcomes and their labels to Gauntlet: node docs/examples/send-outcomes.mjs <model>
// Runs on any Node from 20 on, without dependencies. GAUNTLET_URL and GAUNTLET_TOKEN say where, and who.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const url = process.env.GAUNTLET_URL ?? "http://127.0.0.1:4400";
const token = process.env.GAUNTLET_TOKEN;
const model = process.argv[2];
if (model === undefined || token === undefined) throw new Error("usage: GAUNTLET_TOKEN=… node send-outcomes.mjs <model>");

const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };

// What serves now. An application that splits its traffic itself reports the epoch under which it did so.
const found = await fetch(`${url}/v1/models/${encodeURIComponent(model)}`, { headers });
const detail = await found.json();
if (!found.ok) throw new Error(`${detail.code}: ${detail.detail} ${detail.fix ?? ""}`);
const { epoch } = detail.state.epochs.at(-1);
const version = detail.aliases.champion;

const now = Date.now();
const outcomes = Array.from({ length: 50 }, (_, index) => ({
  requestId: `order-${now}-${index}`,
  at: now,
  model,
  version,
  slot: "champion",
  mode: "live",
  epoch,
  unit: `customer-${index}`,
  prediction: index % 5 === 0,
  metrics: { latency_ms: 10 + (index % 7), error: 0 },
}));
// One that can't be counted: nobody called 999 serves.
outcomes.push({ ...outcomes[0], requestId: `order-${now}-wrong`, version: "999" });

const key = randomUUID();
report("outcomes", await send("/v1/outcomes", { outcomes }, key));
// The same batch again, as after a connection that broke: the same answer, and nothing is counted twice.
report("the same batch again", await send("/v1/outcomes", { outcomes }, key));

// The truth, when it is known. Revision 1 is the first; a correction carries a higher number.
const labels = outcomes.slice(0, 50).map(({ requestId }, index) => ({ requestId, model, revision: 1, truth: index % 6 === 0, source: "chargebacks", labelledAt: new Date().toISOString() }));
report("labels", await send("/v1/labels", { labels }, randomUUID()));

/** Sends a batch until there is an answer, always with the same key. */
async function send(path, body, idempotencyKey) {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url + path, { method: "POST", headers: { ...headers, "idempotency-key": idempotencyKey }, body: JSON.stringify(body) }).catch((error) => error);
    if (response instanceof Response) {
      const answer = await response.json();
      if (response.ok) return answer;
      // 503: the store is away for a moment. Everything else would fail again.
      if (response.status !== 503 || attempt === 10) throw new Error(`${answer.code}: ${answer.detail} ${answer.fix ?? ""}`);
    } else if (attempt === 10) throw response;
    await sleep(Math.min(30_000, 200 * 2 ** attempt) * (0.5 + Math.random() / 2));
  }
}

function report(what, { accepted, duplicates, rejected }) {
  console.log(`${what}: ${accepted} accepted, ${duplicates} duplicates, ${rejected.length} rejected`);
  for (const { index, code, detail, fix } of rejected) console.log(`  ${index}: ${code}: ${detail}. ${fix ?? ""}`);
}
