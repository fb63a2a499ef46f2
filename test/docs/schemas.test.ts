import { readFileSync } from "node:fs";

import { policyJsonSchema } from "@gauntlet/contract";
import { expect, test } from "vitest";

test("the JSON Schema that editors use is the one the parser uses", () => {
  expect(JSON.parse(readFileSync("schemas/policy.schema.json", "utf8"))).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
});
