// Writes outcomes.csv into the working directory: what two versions of a model answered in the last twenty minutes, as a
// product's own log may say it. Usage: node write-outcomes.mjs [model]
import { writeFileSync } from "node:fs";

const model = process.argv[2] ?? "fraud";
const now = Date.now();
const rows = ["served_at,model,version,slot,failed,cost"];
for (let second = 1200; second > 0; second--) {
  const [version, slot, every] = second % 5 === 0 ? ["2", "challenger", 40] : ["1", "champion", 20];
  rows.push([new Date(now - second * 1000).toISOString(), model, version, slot, second % every === 0, (second % 7) / 100].join(","));
}
writeFileSync("outcomes.csv", `${rows.join("\n")}\n`);
console.log(`outcomes.csv: ${rows.length - 1} requests of ${model}`);
