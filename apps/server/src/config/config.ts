import { CONFLICT_STRATEGIES } from "@gauntlet/core";
import { z } from "zod";

import { peersFile, syncFile } from "./peers-schema.ts";
import { hooksFile } from "./hooks-schema.ts";
import { sourcesFile } from "./sources-schema.ts";
import { kubernetesFile, targetsFile } from "./targets-schema.ts";

const wholeMs = z.union([z.number(), z.string().regex(/^\d+$/, "a whole number").transform(Number)]).pipe(z.number().int().min(1).max(86_400_000)).meta({ title: "whole milliseconds" });
const perMinute = z.union([z.number(), z.string().regex(/^\d+$/, "a whole number").transform(Number)]).pipe(z.number().int().min(1).max(100_000_000)).meta({ title: "calls a minute" });
const port = z.union([z.number(), z.string().regex(/^\d+$/, "a port number").transform(Number)]).pipe(z.number().int().min(0).max(65_535)).meta({ title: "port" });
const httpUrl = z.url({ protocol: /^https?$/, error: "an http or https URL" }).meta({ title: "http or https URL" });

const store = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("sqlite") }).describe("One file in dataDir. One process at a time."),
  z
    .strictObject({ kind: z.literal("postgres"), url: z.string().regex(/^postgres(ql)?:\/\//, "a postgresql:// URL").describe("a postgresql:// URL; the tables are made at the first start") })
    .describe("For several replicas."),
]);

const registry = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("embedded") }).describe("In dataDir, served to MLflow's clients where the server listens."),
  z
    .strictObject({
      kind: z.literal("mlflow"),
      url: httpUrl.describe("of your MLflow server"),
      token: z.string().min(1).optional().describe("sent to it as a bearer token; or"),
      user: z.string().regex(/^[ -9;-~]+$/, "ASCII without a colon: MLflow's artifact proxy reads no other").optional().describe("with password, as MLflow's basic-auth app asks for"),
      password: z.string().regex(/^[ -~]+$/, "ASCII: MLflow's artifact proxy reads no other").optional().describe("of that user"),
      timeoutMs: wholeMs.prefault(5000).describe("how long a call may take"),
      webhookSecret: z.string().min(16, "at least 16 characters").optional().describe("the secret of the webhook in MLflow that calls POST /v1/webhooks/mlflow; left out: none is taken"),
    })
    .refine(({ user, password }) => (user === undefined) === (password === undefined), { error: "user and password go together", path: ["password"] })
    .refine(({ token, user }) => token === undefined || user === undefined, { error: "one way to log in: token, or user with password", path: ["token"] })
    .describe("An MLflow server of your own."),
]);

const word = z.string().regex(/^[^\s.*>/\\]{1,128}$/, "a name without spaces and . * > / \\");

const stream = z
  .strictObject({
    kind: z.literal("nats"),
    servers: z.array(z.string().regex(/^(?:nats|tls):\/\/[^\s@]+$/, "a nats:// or tls:// URL without a password")).min(1).describe("any of the cluster, as nats://host:4222 or tls://host:4222"),
    stream: word.describe("the JetStream stream; it is read, never made or changed"),
    durable: word.default("gauntlet").describe("the consumer, made when it is not there; replicas share it"),
    subject: z.string().regex(/^[^\s]{1,255}$/, "a subject").optional().describe("which of the stream's subjects are taken; left out: all"),
    token: z.string().min(1).optional().describe("to log in with; or"),
    user: z.string().min(1).optional().describe("with password; or"),
    password: z.string().min(1).optional().describe("of that user; or"),
    credentialsFile: z.string().min(1).optional().describe("a .creds file; relative to the configuration file"),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), { error: "user and password go together", path: ["password"] })
  .refine(({ token, user, credentialsFile }) => [token, user, credentialsFile].filter((way) => way !== undefined).length <= 1, { error: "one way to log in: token, user with password, or credentialsFile", path: ["token"] })
  .describe("NATS JetStream.");

/** What a node may be called: it is written into records, file names, labels and command lines. */
export const NODE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** `gauntlet.yaml`. Every key has a default, so that an empty file, or none, is a working configuration. */
export const configFile = z.strictObject({
  dataDir: z.string().min(1).default(".gauntlet").describe("where everything is kept; relative to the file"),
  listen: z
    .strictObject({
      host: z.string().min(1).default("127.0.0.1").describe("address to listen on; beyond loopback, reading needs a token too"),
      port: port.prefault(4400).describe("0: any free one"),
    })
    .prefault({})
    .describe("where the server listens"),
  store: store.prefault({ kind: "sqlite" }).describe("where evidence and ledger are kept"),
  registry: registry.prefault({ kind: "embedded" }).describe("where versions and aliases are"),
  serving: z
    .strictObject({
      upstreams: z.record(z.string().min(1), z.record(z.string().min(1), httpUrl)).default({}).describe("model: version: URL that answers for it"),
      timeoutMs: wholeMs.prefault(2000).describe("how long a version may take"),
    })
    .prefault({})
    .describe("the inference gateway"),
  tick: z
    .strictObject({
      everyMs: wholeMs.prefault(5000).describe("how often each model is looked at"),
      leaseMs: wholeMs.prefault(30_000).describe("how long a controller keeps a model to itself; another takes over after that"),
    })
    .prefault({})
    .describe("the controller's loop"),
  limits: z
    .strictObject({
      assignmentsPerUnit: perMinute.prefault(100).describe("calls of POST /api/v1/assignments for one unit"),
      assignmentsPerToken: perMinute.prefault(10_000).describe("calls of POST /api/v1/assignments with one token"),
      evaluationsPerUnit: perMinute.prefault(6000).describe("calls of OFREP for one targetingKey"),
      evaluationsPerToken: perMinute.prefault(2_000_000).describe("calls of OFREP with one token"),
    })
    .prefault({})
    .describe("calls a minute that are answered, of one process; others get 429"),
  ratings: z
    .strictObject({
      node: z.string().regex(NODE_NAME, "1–64 letters, digits, dots, hyphens and underscores, the first a letter or digit").optional().describe("this node's name, the origin of matches recorded here: another on every node, and always the same on one. Left out: the host's; name it where hosts have no lasting name of their own, as in containers, or where several nodes are on one host"),
      conflicts: z.enum(CONFLICT_STRATEGIES).default("last_write_wins").describe("which version of a match counts where nodes say different things of it; skip and raise: none, until a person decides. The same on every node"),
      anchors: z.record(z.string().min(1), z.number().min(-100_000).max(100_000)).default({}).describe("participant: its rating in Elo points, which fixes the scale. The same on every node"),
      peers: peersFile.default({}).describe("nodes to reconcile with, by name"),
      sync: syncFile.prefault({}).describe("limits of reconciling"),
      reconcileEveryMs: wholeMs.optional().describe("how often the server reconciles with each peer by itself; left out: never"),
    })
    .prefault({})
    .describe("matches and ratings"),
  events: z
    .strictObject({ emailSalt: z.string().min(16, "at least 16 characters").optional().describe("e-mail addresses in events are kept as SHA-256 of it and the address; left out: not at all. The same on every replica, and secret") })
    .prefault({})
    .describe("what products report"),
  streams: z
    .array(stream)
    .refine((all) => new Set(all.map((one) => `${one.stream} ${one.durable} ${one.servers.join()}`)).size === all.length, { error: "the same stream and durable are listed twice" })
    .default([])
    .describe("streams from which outcomes, labels, follow-ups and events are taken"),
  hooks: hooksFile.default([]).describe("who is told of decisions, promotions and rollbacks, and of what monitors see; what can't be told is kept and tried again"),
  signing: z
    .strictObject({ keyFile: z.string().min(1).describe("an Ed25519 private key in PEM, as `openssl genpkey -algorithm ed25519` writes it; relative to the file") })
    .optional()
    .describe("whose key vouches for decision documents and lifecycles; left out: they are not signed, and say so"),
  modelKeys: z
    .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "1–64 letters, digits, dots, hyphens and underscores"), z.string().min(1))
    .default({})
    .describe("whose signatures of models count, by the names that policies use: a public key in PEM each (ECDSA on P-256, P-384 or P-521, or Ed25519), relative to the file"),
  sources: sourcesFile.default({}).describe("where evidence comes from beside outcomes, by the names that policies use"),
  targets: targetsFile.default({}).describe("serving systems in Kubernetes that split the requests of a model, by model; the inference gateway splits all others"),
  kubernetes: kubernetesFile.prefault({}).describe("the API server that the targets are in"),
  allowedOrigins: z.array(z.string().regex(/^https?:\/\/[^/?#]+$/, "an origin, such as https://shop.example")).default([]).describe("pages of these origins may evaluate flags over OFREP from a browser, and nothing else"),
  allowedHosts: z.array(z.string().min(1)).default([]).describe("names under which the server may be called, beside localhost and its own address"),
});

export type Config = z.output<typeof configFile>;

/** A JSON Schema of the file, for editors. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configFile, { io: "input" });
}
