// Talks to Gauntlet through its client: node docs/examples/client.ts <model>
// GAUNTLET_URL and GAUNTLET_TOKEN say where, and who.
import { Failure, gauntlet, type Outcome } from "@gauntlet/client";

const model = process.argv[2];
const token = process.env["GAUNTLET_TOKEN"];
if (model === undefined || token === undefined) throw new Error("usage: GAUNTLET_TOKEN=… node docs/examples/client.ts <model>");
const client = gauntlet({ url: process.env["GAUNTLET_URL"] ?? "http://127.0.0.1:4400", token });

// Where it stands, and what was decided last.
const { summary, state, aliases } = await client.models.get(model);
console.log(`${model}: ${summary.status}, version ${aliases?.["champion"]} serves`);
if (state.decision !== null) console.log((await client.decisions.document(state.decision.id)).split("\n", 1)[0]);

// What was observed: any number, in batches that count once however often they are sent.
const epoch = state.epochs.at(-1)?.epoch ?? 0;
const now = Date.now();
const outcomes = Array.from({ length: 1500 }, (_, index): Outcome => ({
  requestId: `client-${now}-${index}`,
  at: now,
  model,
  version: aliases?.["champion"] ?? "",
  slot: "champion",
  mode: "live",
  epoch,
  unit: `customer-${index}`,
  prediction: index % 5 === 0,
  metrics: { latency_ms: 10 + (index % 7), error: 0 },
}));
const first = await client.outcomes.record(outcomes, { key: `client-${now}` });
const again = await client.outcomes.record(outcomes, { key: `client-${now}` });
console.log(`${first.accepted} accepted, ${first.rejected.length} rejected; sent again: ${again.accepted === first.accepted ? "the same answer" : "another answer"}`);

// What is refused says why, where, and what mends it.
const refused = await client.rollouts.start(model, { policy: "kind: abtest\nmodel: nobody\n", challenger: "2" }).catch((error: unknown) => error);
if (refused instanceof Failure) console.log(`refused: ${refused.code}, ${refused.problems.length} places named`);
