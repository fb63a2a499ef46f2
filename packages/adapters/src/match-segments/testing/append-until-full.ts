// Appends to the folder in its argument until the system refuses, tries once more, and says what became of it.
import { recordOfMatch } from "@gauntlet/core";

import { openMatchSegments } from "../open-match-segments.ts";

const store = await openMatchSegments({ folder: process.argv[2] as string, mode: "exclusive", holder: "until full" });
const batch = (n: number, size: number) => Array.from({ length: size }, (_, i) => recordOfMatch({ id: `${n}-${i}`, players: ["ann", "bob"], places: [1, 2], board: "hex8", numPlayers: 2, length: 9, durationMs: null, at: 5, origin: "a", tournament: null }));
let acknowledged = 0;
let refusal: unknown = null;
for (let n = 0; refusal === null && n < 1000; n++) {
  try {
    acknowledged += (await store.append(batch(n, 100))).added;
  } catch (error) {
    refusal = error;
    // What was refused is not taken for held.
    acknowledged += await store.append(batch(n, 100)).then(({ added }) => added, () => 0);
  }
}
const { count } = await store.head();
const small = await store.append(batch(-1, 1)).then(
  ({ added }) => added,
  () => 0,
);
await store.close();
console.log(JSON.stringify({ acknowledged, count, small, refusal }));
