// Sends events of a product to Gauntlet, in an experiment that it makes: node docs/examples/send-events.mjs
// Runs on any Node from 20 on, without dependencies. GAUNTLET_URL and GAUNTLET_TOKEN (of an operator) say where, and who.
import { randomUUID } from "node:crypto";

const url = process.env.GAUNTLET_URL ?? "http://127.0.0.1:4400";
const token = process.env.GAUNTLET_TOKEN;
if (token === undefined) throw new Error("usage: GAUNTLET_TOKEN=… node send-events.mjs");

const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
const experiment = (await get("/v1/experiments/menu_exp")) ?? (await makeExperiment());
console.log(`experiment ${experiment.experiment.name}: ${experiment.variants.map((variant) => variant.name).join(", ")}`);

// What each user is given. The ids in the answer go along with everything that is reported of the user.
const events = [];
for (let user = 1; user <= 20; user++) {
  const unit = { unit_type: "user", unit_id: `user-${user}` };
  const { assignments } = await post("/api/v1/assignments", { ...unit, requested_experiments: ["menu_exp"] });
  const experiments = assignments.map(({ experiment_id, variant_id }) => ({ experiment_id, variant_id }));
  const payload = { plan_id: randomUUID() };
  const timestamp = new Date().toISOString();
  events.push({ event_id: randomUUID(), event_type: "plan_generated", ...unit, experiments, metrics: { latency_ms: 300 + user }, payload, timestamp });
  if (user % 2 === 0) events.push({ event_id: randomUUID(), event_type: "plan_accepted", ...unit, experiments, payload, timestamp });
}
// One that can't be taken: a unit is text.
events.push({ ...events[0], event_id: randomUUID(), unit_id: 7 });

const first = await post("/api/v1/events/batch", { events });
console.log(`${first.accepted} accepted, ${first.rejected} rejected: ${first.errors.map(({ index, error }) => `${index} ${error}`).join(", ")}`);
// The same again, as after a connection that broke: the same ids, and nothing is counted twice.
const second = await post("/api/v1/events/batch", { events });
console.log(`again: ${JSON.stringify(second.event_ids) === JSON.stringify(first.event_ids) ? "the same ids" : "other ids"}`);

async function makeExperiment() {
  const config = (prompt) => ({ execution_strategy: "prompt_template", prompt_config: { prompt_version_id: prompt, model_provider: "example", model_name: "example-1" } });
  const variants = [
    { name: "control", role: "baseline", basisPoints: 5000, config: config("00000000-0000-4000-8000-000000000001") },
    { name: "shorter_menu", role: "arm", basisPoints: 5000, config: config("00000000-0000-4000-8000-000000000002") },
  ];
  const made = await post("/v1/experiments", { name: "menu_exp", unitType: "user", variants });
  return post("/v1/experiments/menu_exp/activate", { expectedEpoch: made.experiment.epoch, reason: "an example" });
}

async function get(path) {
  const response = await fetch(url + path, { headers });
  return response.status === 404 ? null : answerOf(response);
}

async function post(path, body) {
  return answerOf(await fetch(url + path, { method: "POST", headers: { ...headers, "idempotency-key": randomUUID() }, body: JSON.stringify(body) }));
}

async function answerOf(response) {
  const answer = await response.json();
  if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(answer)}`);
  return answer;
}
