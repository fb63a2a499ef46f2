// Writes first-games.ndjson and more-games.ndjson into the working directory: games of version 2 of a player against
// version 1, each opening played twice with seats swapped. Usage: node play-matches.mjs [seed]
import { writeFileSync } from "node:fs";

let state = Number(process.argv[2] ?? 1) >>> 0;
/** Mulberry32: the same seed gives the same games. */
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const [champion, challenger] = ["square8_2p@1", "square8_2p@2"];
/** How much stronger the challenger is, in Elo points. */
const GAIN = 70;

/** Whoever sits first has an advantage that the opening decides. */
function game(opening, advantage, seat) {
  const players = seat === 0 ? [challenger, champion] : [champion, challenger];
  const expected = 1 / (1 + 10 ** ((advantage * (seat === 0 ? -1 : 1) - GAIN) / 400));
  const luck = random();
  const winner = luck < 0.1 ? null : luck < 0.1 + 0.9 * expected ? challenger : champion;
  // The two games of an opening have one `tournament`: they count as a pair.
  return JSON.stringify({ id: `${opening}-${seat}`, tournament: opening, players, winner, board: "square8", at: Date.UTC(2026, 0, 5) + Number(opening.slice(8)) * 60_000 + seat * 30_000 });
}

const lines = Array.from({ length: 300 }, (_, i) => {
  const advantage = random() * 200;
  return [0, 1].map((seat) => game(`opening-${i}`, advantage, seat));
});
writeFileSync("first-games.ndjson", `${lines.slice(0, 20).flat().join("\n")}\n`);
writeFileSync("more-games.ndjson", `${lines.slice(20).flat().join("\n")}\n`);
console.log("first-games.ndjson: 40 games, more-games.ndjson: 560 games");
