import { problem } from "@gauntlet/contract";
import { z } from "zod";

import type { Operation } from "./operation.ts";

/** The OpenAPI 3.1 description of every route, made from what the router itself uses. */
export function openapiDocument(operations: readonly Operation[], version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: described(operation) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Gauntlet", version, description: "Decides, from evidence, which model version serves, and carries the decision out." },
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Problem: jsonSchema(problem) },
      responses: { Problem: { description: "What went wrong, where, and how to mend it (RFC 9457)", content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } } },
    },
  };
}

function described(operation: Operation): unknown {
  const { summary, access, body, answer, method, path } = operation;
  const schema = answer.schema === undefined ? {} : { schema: jsonSchema(answer.schema) };
  return {
    summary,
    operationId: `${method.toLowerCase()}${path.replaceAll(/[/:.]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    parameters: parametersOf(operation),
    ...(body === undefined ? {} : { requestBody: { required: true, content: { "application/json": { schema: jsonSchema(body) } } } }),
    responses: {
      [answer.status ?? 200]: { description: summary, content: { [answer.type]: schema } },
      default: { $ref: "#/components/responses/Problem" },
    },
    ...(access === "open" ? {} : { security: access === "read" ? [{}, { token: [] }] : [{ token: [] }] }),
  };
}

function parametersOf({ path, query, idempotencyKey }: Operation): unknown[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  const inQuery = Object.entries(query ?? {}).map(([name, description]) => ({ name, in: "query", required: false, description, schema: { type: "string" } }));
  const key = { name: "Idempotency-Key", in: "header", required: true, description: "New for every new call, the same when it is sent again", schema: { type: "string", maxLength: 200 } };
  return [...inPath, ...inQuery, ...(idempotencyKey === true ? [key] : [])];
}

/** What a schema can't say in JSON Schema, such as the type of a ledger entry, is left open. */
function jsonSchema(schema: z.ZodType): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { unrepresentable: "any", io: "output" });
  return rest;
}
