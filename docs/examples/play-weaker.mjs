// Writes later-games.ndjson into the working directory: games of now, in which version 2 of the player makes a quarter of the
// points against version 1, as if what was promoted had been damaged since. Usage: node play-weaker.mjs [seed]
import { writeFileSync } from "node:fs";

let state = Number(process.argv[2] ?? 1) >>> 0;
/** Mulberry32: the same seed gives the same games. */
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const versions = ["square8_2p@1", "square8_2p@2"];
const now = Date.now();
const lines = Array.from({ length: 600 }, (_, i) => JSON.stringify({ id: `later-${now}-${i}`, players: i % 2 === 0 ? versions : versions.toReversed(), winner: random() < 0.25 ? versions[1] : versions[0], board: "square8", at: now - 600 + i }));
writeFileSync("later-games.ndjson", `${lines.join("\n")}\n`);
console.log("later-games.ndjson: 600 games");
