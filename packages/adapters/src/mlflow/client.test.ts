import { expect, test } from "vitest";

import { createMlflowClient } from "./client.ts";
import { mlflowRegistry } from "./registry.ts";

const LOST_RACE = JSON.stringify({
  error_code: "BAD_REQUEST",
  message: "(sqlite3.IntegrityError) UNIQUE constraint failed: registered_model_aliases.name, registered_model_aliases.alias",
});

/** A client of a server that gives these answers in turn; what it was sent stands in `sent`. */
function scripted(answers: readonly { readonly status: number; readonly body: string }[]) {
  const sent: string[] = [];
  const left = [...answers];
  const client = createMlflowClient({
    url: "http://registry.test",
    timeoutMs: 1000,
    retries: 2,
    sleep: async () => undefined,
    async fetch(request) {
      sent.push(`${request.method} ${new URL(request.url).pathname}`);
      const { status, body } = left.shift() ?? { status: 500, body: "{}" };
      return new Response(body, { status });
    },
  });
  return { client, sent };
}

test("a write that lost a race inside the server is repeated", async () => {
  const { client, sent } = scripted([{ status: 400, body: LOST_RACE }, { status: 200, body: "{}" }]);
  await mlflowRegistry(client).setAlias("mail", "champion", "2");
  expect(sent).toEqual(["POST /api/2.0/mlflow/registered-models/alias", "POST /api/2.0/mlflow/registered-models/alias"]);
});

test("what the server refuses for good is not repeated", async () => {
  for (const code of ["BAD_REQUEST", "INVALID_PARAMETER_VALUE"]) {
    const { client, sent } = scripted([{ status: 400, body: JSON.stringify({ error_code: code, message: "the alias is no alias" }) }]);
    await expect(mlflowRegistry(client).setAlias("mail", "champion", "2")).rejects.toMatchObject({ code: "registry_refused" });
    expect(sent).toHaveLength(1);
  }
});

test("a call that may not be done twice is not repeated after a lost race", async () => {
  const { client, sent } = scripted([{ status: 400, body: LOST_RACE }, { status: 200, body: "{}" }]);
  await expect(client.json({ method: "POST", path: "/api/2.0/mlflow/runs/create", json: {}, idempotent: false })).rejects.toMatchObject({ code: "registry_refused" });
  expect(sent).toHaveLength(1);
});
