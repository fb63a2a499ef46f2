import { z } from "zod";

const wholeMs = z.union([z.number(), z.string().regex(/^\d+$/, "a whole number").transform(Number)]).pipe(z.number().int().min(1).max(86_400_000)).meta({ title: "whole milliseconds" });
const port = z.union([z.number(), z.string().regex(/^\d+$/, "a port number").transform(Number)]).pipe(z.number().int().min(1).max(65_535)).meta({ title: "port" });

/** What a peer is called; it is a label in metrics and reports, and never part of a command. */
const PEER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const sshPeer = z
  .strictObject({
    kind: z.literal("ssh"),
    host: z.string().regex(/^[A-Za-z0-9_](?:[A-Za-z0-9_.:-]{0,252}[A-Za-z0-9_])?$/, "a host's name: letters, digits and . _ - :, the first a letter or digit").describe("as ssh knows it; the user goes into `user`"),
    user: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/, "a user's name").optional().describe("left out: as ssh's own configuration has it"),
    port: port.optional().describe("left out: as ssh's own configuration has it"),
    identityFile: z.string().min(1).optional().describe("a private key; relative to the configuration file; left out: the agent's and the usual ones"),
    knownHostsFile: z.string().min(1).optional().describe("keys of hosts that are believed; relative to the configuration file; left out: the user's own"),
    command: z.array(z.string().min(1)).min(1).default(["gauntlet", "ratings", "serve", "--stdio"]).describe("what is run there, word by word"),
  })
  .describe("A node reached by OpenSSH. Its host key must be known.");

const httpPeer = z
  .strictObject({
    kind: z.literal("http"),
    url: z.url({ protocol: /^https?$/, error: "an http or https URL" }).describe("of its server"),
    token: z.string().min(1).optional().describe("one of its tokens, with the role ingest or operator"),
  })
  .describe("A node whose server answers over HTTP.");

/** Nodes to reconcile with, by the names under which they appear everywhere. */
export const peersFile = z.record(z.string().regex(PEER_NAME, "1–64 letters, digits, dots, hyphens and underscores, the first a letter or digit"), z.discriminatedUnion("kind", [sshPeer, httpPeer]));

export const syncFile = z.strictObject({
  parallel: z.int().min(1).max(64).default(4).describe("sessions at once"),
  connectTimeoutMs: wholeMs.prefault(30_000).describe("how long connecting may take"),
  answerTimeoutMs: wholeMs.prefault(60_000).describe("how long one answer of a peer may take"),
  timeoutMs: wholeMs.prefault(600_000).describe("how long all of a run with one peer may take"),
});

export type PeerSettings = z.output<typeof peersFile>[string];
export type SyncSettings = z.output<typeof syncFile>;
