// What a training loop asks of Gauntlet: node docs/examples/training-loop.ts
// It registers two versions of a player, lets them play, asks for a promotion, and looks after it. GAUNTLET_URL and
// GAUNTLET_TOKEN (an operator's) say where, and who.
import { gauntlet, type SentMatch } from "@gauntlet/client";

const url = process.env["GAUNTLET_URL"] ?? "http://127.0.0.1:4400";
const token = process.env["GAUNTLET_TOKEN"];
if (token === undefined) throw new Error("usage: GAUNTLET_TOKEN=… node docs/examples/training-loop.ts");
const client = gauntlet({ url, token });
const model = `hex8_2p_${Date.now()}`;
const [old, candidate] = [`${model}@1`, `${model}@2`];

// Versions live in the registry, which speaks MLflow's REST API.
await registry("registered-models/create", { name: model });
for (const version of ["1", "2"]) await registry("model-versions/create", { name: model, source: `s3://players/${version}` });
await registry("registered-models/alias", { name: model, alias: "champion", version: "1" });

const policy = `
kind: rating
name: after each training run
model: ${model}
promotion: production
board: hex8
players: 2
baseline: champion
criteria: { minEloImprovement: 0, minGames: 50, minWinRate: 50%, confidence: 95% }
sprt: { width: 25, beta: 5% }
monitor: { every: 1s }
`;

// After each training run: some games, and the question whether they are enough.
await client.matches.import(games(0, 40));
await client.rollouts.start(model, { policy, challenger: "2" });
for (let played = 40; (await client.rollouts.tick(model)).status === "running"; played += 40) {
  const { games: counted, difference } = await client.models.rating(model);
  console.log(`${counted} games: ${difference === null ? "not comparable yet" : `${Math.round(difference.elo)} points, ${Math.round(difference.low)} … ${Math.round(difference.high)}`}`);
  await client.matches.import(games(played, played + 40));
}
const { summary, aliases } = await client.models.get(model);
console.log(`${summary.status}: version ${aliases?.["champion"]} serves`);

// Each cycle after a promotion: does it hold what it promised?
const report = await client.monitor.check({ participant: candidate, board: "hex8", previous: old });
console.log(`${candidate}: ${report.should_rollback ? "should be rolled back" : "holds"}`);

/** Three in four games of the candidate are won. */
function games(from: number, to: number): readonly SentMatch[] {
  return Array.from({ length: to - from }, (_, i) => {
    const number = from + i;
    return { id: `${model}-${number}`, players: number % 2 === 0 ? [old, candidate] : [candidate, old], winner: number % 4 === 3 ? old : candidate, board: "hex8", at: Date.now() };
  });
}

async function registry(path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${url}/api/2.0/mlflow/${path}`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}
