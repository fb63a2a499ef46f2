// A program of somebody who installed the client: its first argument is the server, its second a token.
import { Failure, gauntlet, type LadderEntry, type ModelSummary, type SentMatch } from "@gauntlet/client";

const [url = "", token = ""] = process.argv.slice(2);
const client = gauntlet({ url, token });

const matches = Array.from({ length: 60 }, (_, i): SentMatch => ({ id: `m${i}`, players: ["a", "b"], winner: i % 3 === 0 ? "b" : "a", board: "square8", at: Date.UTC(2025, 0, 5) }));
const { added } = await client.matches.import(matches, { key: "first" });
const ladder: readonly LadderEntry[] = await client.ratings.wholeLadder("square8_2p");
const models: readonly ModelSummary[] = (await client.models.list()).models;
const refused = await client.models.get("nobody").catch((error: unknown) => error);
// @ts-expect-error a verdict is a word
const wrong: number | undefined = models[0]?.verdict;
console.log(JSON.stringify({ node: process.versions.node, added, first: ladder[0]?.participant, models: models.length, refused: refused instanceof Failure ? refused.code : "no Failure", wrong }));
