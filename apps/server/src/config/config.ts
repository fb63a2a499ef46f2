import { z } from "zod";

const wholeMs = z.union([z.number(), z.string().regex(/^\d+$/, "a whole number").transform(Number)]).pipe(z.number().int().min(1).max(86_400_000));
const port = z.union([z.number(), z.string().regex(/^\d+$/, "a port number").transform(Number)]).pipe(z.number().int().min(0).max(65_535));
const httpUrl = z.url({ protocol: /^https?$/, error: "an http or https URL" });

const store = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("sqlite") }),
  z.strictObject({ kind: z.literal("postgres"), url: z.string().regex(/^postgres(ql)?:\/\//, "a postgresql:// URL") }),
]);

const registry = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("embedded") }),
  z.strictObject({ kind: z.literal("mlflow"), url: httpUrl, token: z.string().min(1).optional(), timeoutMs: wholeMs.default(5000) }),
]);

/** `gauntlet.yaml`. Every key has a default, so that an empty file, or none, is a working configuration. */
export const configFile = z.strictObject({
  dataDir: z.string().min(1).default(".gauntlet").describe("where everything is kept; relative to the file"),
  listen: z.strictObject({ host: z.string().min(1).default("127.0.0.1"), port: port.default(4400) }).prefault({}),
  store: store.prefault({ kind: "sqlite" }),
  registry: registry.prefault({ kind: "embedded" }),
  serving: z
    .strictObject({
      upstreams: z.record(z.string().min(1), z.record(z.string().min(1), httpUrl)).default({}).describe("model: version: URL that answers for it"),
      timeoutMs: wholeMs.default(2000),
    })
    .prefault({}),
  tick: z.strictObject({ everyMs: wholeMs.default(5000), leaseMs: wholeMs.default(30_000) }).prefault({}),
  allowedHosts: z.array(z.string().min(1)).default([]).describe("names under which the server may be called, beside localhost and its own address"),
});

export type Config = z.output<typeof configFile>;

/** A JSON Schema of the file, for editors. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configFile, { io: "input" });
}
