// Writes matches-a.ndjson and matches-b.ndjson into the working directory: what two nodes saw of games between six
// versions of a player, most of them the same games. Usage: node write-matches.mjs [seed]
import { writeFileSync } from "node:fs";

let state = Number(process.argv[2] ?? 1) >>> 0;
/** Mulberry32: the same seed gives the same matches. */
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const strengths = { "depth-1": 1200, "depth-2": 1380, "depth-3": 1500, "depth-4": 1590, "depth-5": 1650, "depth-6": 1690 };
const players = Object.keys(strengths);
const lines = Array.from({ length: 600 }, (_, i) => {
  const first = Math.floor(random() * players.length);
  const second = (first + 1 + Math.floor(random() * (players.length - 1))) % players.length;
  const [a, b] = [players[first], players[second]];
  const luck = random();
  const expected = 1 / (1 + 10 ** ((strengths[b] - strengths[a]) / 400));
  const winner = luck < 0.1 ? null : luck < 0.1 + 0.9 * expected ? a : b;
  return JSON.stringify({ id: `game-${i}`, players: [a, b], winner, board: i % 4 === 0 ? "hex8" : "square8", length: 20 + Math.floor(random() * 60), at: Date.UTC(2026, 0, 5) + i * 600_000, origin: i % 2 === 0 ? "node-a" : "node-b" });
});
writeFileSync("matches-a.ndjson", `${lines.slice(0, 520).join("\n")}\n`);
writeFileSync("matches-b.ndjson", `${lines.slice(60).join("\n")}\n`);
console.log("matches-a.ndjson: 520 matches, matches-b.ndjson: 540 matches");
