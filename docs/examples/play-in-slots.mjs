// Four versions of a player in four slots, and the games of the two that play, made up; run against a server on this machine.
// Usage: node play-in-slots.mjs register | play
const [step] = process.argv.slice(2);
const server = process.env.GAUNTLET_URL ?? "http://127.0.0.1:4400";
const model = "rps_bot_xgboost";
/** By slot: its version, how often it wins a game, how often it predicts a round rightly. Shadows predict, and never play. */
const SLOTS = {
  Production: { version: "1", wins: 0.45, right: 0.4 },
  B: { version: "2", wins: 0.65, right: 0.45 },
  shadow1: { version: "3", right: 0.36 },
  shadow2: { version: "4", right: 0.6 },
};

async function send(path, body, headers = {}) {
  const response = await fetch(`${server}${path}`, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", authorization: `Bearer ${process.env.GAUNTLET_TOKEN}`, ...headers } });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${answer.detail ?? answer.message}`);
  return answer;
}

async function register() {
  await send("/api/2.0/mlflow/registered-models/create", { name: model });
  for (const [alias, { version }] of Object.entries(SLOTS)) {
    await send("/api/2.0/mlflow/model-versions/create", { name: model, source: `s3://models/${model}/${version}` });
    await send("/api/2.0/mlflow/registered-models/alias", { name: model, alias, version });
  }
  console.log(`${model}: ${Object.entries(SLOTS).map(([slot, { version }]) => `${slot} has version ${version}`).join(", ")}`);
}

/** Each outcome says which version did it, from which slot; the epoch is left to the server. */
async function play(games) {
  const outcomes = [];
  for (let game = 0; game < games; game++) {
    const unit = `game-${game}`;
    const slot = Math.random() < 0.5 ? "Production" : "B";
    const { version, wins } = SLOTS[slot];
    outcomes.push({ requestId: unit, at: Date.now(), model, version, slot, mode: "live", unit, prediction: null, metrics: { game_score: Math.random() < 0.05 ? 0.5 : Math.random() < wins ? 1 : 0 } });
    for (const [predictor, { version: by, right }] of Object.entries(SLOTS)) {
      outcomes.push({ requestId: `${unit}-round-4`, at: Date.now(), model, version: by, slot: predictor, mode: predictor === slot ? "live" : "shadow", unit, prediction: null, metrics: { correct: Math.random() < right ? 1 : 0 } });
    }
  }
  let accepted = 0;
  for (let from = 0; from < outcomes.length; from += 1000) {
    accepted += (await send("/v1/outcomes", { outcomes: outcomes.slice(from, from + 1000) }, { "idempotency-key": `games-${Date.now()}-${from}` })).accepted;
  }
  await send(`/v1/models/${model}/tick`, {});
  console.log(`${games} games, ${accepted} outcomes accepted`);
}

await (step === "register" ? register() : play(1000));
