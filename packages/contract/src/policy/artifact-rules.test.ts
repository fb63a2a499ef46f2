import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { parsePolicy } from "./parse-policy.ts";

const textOf = (name: string): string => readFileSync(new URL(`../../../../docs/examples/${name}.yaml`, import.meta.url), "utf8");

test.each(["fraud", "ramp", "rating", "slots"])("artifact: a policy of kind %s has it when it asks for it, and reads as before when it doesn't", (name) => {
  const text = textOf(name);
  expect("artifact" in parsePolicy(text, "a test")).toBe(false);
  expect(parsePolicy(`${text}\nartifact: {}\n`, "a test").artifact).toEqual({ digest: "files", signature: null });
  expect(parsePolicy(`${text}\nartifact: { signature: { keys: [release] } }\n`, "a test").artifact).toEqual({ digest: "files", signature: { file: "model.sig", keys: ["release"] } });
});

test.each([
  ["digest: stated, signature: { keys: [a] }", "it goes with digest: files"],
  ["signature: { keys: [] }", "/artifact/signature/keys"],
  ["signature: { file: ../model.sig, keys: [a] }", "a path among the version's files"],
  ["signature: { file: /model.sig, keys: [a] }", "a path among the version's files"],
  ["digset: files", 'did you mean "digest"?'],
])("artifact: { %s } is refused", (keys, told) => {
  expect(() => parsePolicy(`${textOf("fraud")}\nartifact: { ${keys} }\n`, "a test")).toThrow(told);
});
