// Asks through OpenFeature what some units are given: node docs/examples/openfeature.mjs <experiment or model>
// GAUNTLET_URL and GAUNTLET_TOKEN say where, and who. Needs @openfeature/server-sdk and @openfeature/ofrep-provider.
import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OpenFeature } from "@openfeature/server-sdk";

const key = process.argv[2];
if (key === undefined) throw new Error("usage: GAUNTLET_TOKEN=… node openfeature.mjs <experiment or model>");

const token = process.env.GAUNTLET_TOKEN;
const headers = token === undefined ? [] : [["Authorization", `Bearer ${token}`]];
await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: process.env.GAUNTLET_URL ?? "http://127.0.0.1:4400", headers }));
const client = OpenFeature.getClient();

for (const targetingKey of ["user-1", "user-2", "user-3"]) {
  // The value of a model is its version; that of an experiment is a config, and is asked for with getObjectDetails.
  const { value, variant, reason, flagMetadata } = await client.getStringDetails(key, "what runs without Gauntlet", { targetingKey });
  console.log(`${targetingKey}: ${value} (${variant}, ${reason}, epoch ${flagMetadata.epoch})`);
}
await OpenFeature.close();
