import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, expect, test } from "vitest";

import { newFolder, POLICY, prepareModel } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

const folder = newFolder();
const kept = newFolder();
const pem = () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  return { secret: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), open: createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString() };
};

/** A model whose challenger is rejected by a person, with a key in the configuration; its run's files are copied away. */
beforeAll(async () => {
  const key = pem();
  writeFileSync(join(folder, "signing.pem"), key.secret);
  writeFileSync(join(folder, "gauntlet.yaml"), "signing: { keyFile: signing.pem }\n");
  writeFileSync(join(folder, "policy.yaml"), POLICY);
  writeFileSync(join(kept, "key.pem"), key.open);
  writeFileSync(join(kept, "other.pem"), pem().open);
  await prepareModel(folder, "fraud");
  for (const args of [["start", "policy.yaml", "--challenger", "2"], ["reject", "fraud", "--reason", "scores look odd"]]) {
    const ran = await runHere(folder, args);
    if (ran.code !== 0) throw new Error(`${args.join(" ")}: ${ran.err}`);
  }
  for (const file of readdirSync(join(folder, ".gauntlet", "artifacts"), { recursive: true, withFileTypes: true })) {
    if (file.isFile()) cpSync(join(file.parentPath, file.name), join(kept, basename(file.name)));
  }
});

const verify = (file: string, key = "key.pem") => runHere(kept, ["document", "verify", file, "--key", key, "--json"]);

test("I31: every document of a decision has its envelope, and says with which key", async () => {
  for (const name of ["decision.md", "decision.yaml", "model_lifecycle.yaml"]) {
    const { code, json } = await verify(`${name}.dsse.json`);
    const text = readFileSync(join(kept, name), "utf8");
    expect([code, json]).toMatchObject([0, { name, compared: name, content: text, ledger: { chain: "fraud" } }]);
    expect(text).toContain((json as { readonly keyId: string }).keyId);
  }
  expect((await runHere(kept, ["document", "verify", "decision.md.dsse.json", "--key", "key.pem"])).out).toMatch(/^verified: decision\.md of decision d-\S+, ledger fraud entry \d+/);
});

test("without the document beside it the envelope alone is verified", async () => {
  cpSync(join(kept, "decision.yaml.dsse.json"), join(kept, "alone.dsse.json"));
  expect(await verify("alone.dsse.json")).toMatchObject({ code: 0, json: { name: "decision.yaml", compared: null } });
});

test("another key, a changed document, and no envelope are told apart", async () => {
  expect(await verify("decision.md.dsse.json", "other.pem")).toMatchObject({ code: 1, out: "", err: expect.stringContaining("no signature is of key") as string });
  expect(await verify("decision.md")).toMatchObject({ code: 1, err: expect.stringContaining("no DSSE envelope") as string });
  writeFileSync(join(kept, "decision.md"), readFileSync(join(kept, "decision.md"), "utf8").replace("retain", "promote"));
  expect(await verify("decision.md.dsse.json")).toMatchObject({ code: 1, err: expect.stringContaining("is not the text that was signed") as string });
  expect((await runHere(kept, ["document", "verify", "decision.md.dsse.json"])).code).toBe(2);
});

test("a key that is not there is said before anything is decided", async () => {
  const empty = newFolder();
  writeFileSync(join(empty, "gauntlet.yaml"), "signing: { keyFile: nowhere.pem }\n");
  await prepareModel(empty, "fraud");
  writeFileSync(join(empty, "policy.yaml"), POLICY);
  expect(await runHere(empty, ["start", "policy.yaml", "--challenger", "2"])).toMatchObject({ code: 1, err: expect.stringContaining("nowhere.pem can't be read") as string });
});
