import type { Peer } from "@gauntlet/controller";

import { programLine } from "./program-line.ts";
import { sshArguments, type SshTarget } from "./ssh-arguments.ts";

export interface SshPeerOptions extends SshTarget {
  readonly name: string;
  /** The client's program; `ssh` is found in PATH. */
  readonly program: string;
  /** How long an answer may take. */
  readonly messageTimeoutMs: number;
}

/** A node that is reached by OpenSSH's own client; its host key must be known. @throws Failure `invalid_input` for a name that is none. */
export function sshPeer(options: SshPeerOptions): Peer {
  const args = sshArguments(options);
  const { name, program, messageTimeoutMs, connectTimeoutMs } = options;
  return {
    name,
    transport: "ssh",
    connect: (signal) => programLine({ name, program, args, signal, messageTimeoutMs, greetingTimeoutMs: connectTimeoutMs + GREETING_MS, explain }),
  };
}

/** After the connection, the far end's program has to start. */
const GREETING_MS = 30_000;

/** OpenSSH's client ends with 255 when the trouble was its own, else with the code of the far end's program. */
function explain(code: number | null, said: string): { readonly what: string; readonly fix: string } {
  if (/host key verification failed|no .* host key is known|REMOTE HOST IDENTIFICATION HAS CHANGED/i.test(said)) {
    return { what: "its host key is not known, or is not the known one", fix: "compare the host's key with what its owner says, and put it into the known-hosts file (ssh-keyscan only copies what is there)" };
  }
  if (/permission denied/i.test(said)) return { what: "it lets us not in", fix: "put this node's public key into authorized_keys there; passwords are never asked for" };
  if (code === 255) return { what: "SSH failed", fix: "try the same host with ssh by hand" };
  if (code === 127) return { what: "the command is not found there", fix: "install Gauntlet there, or give the command's path (--command, or command of the peer)" };
  return { what: `the far end ended${code === null ? "" : ` with ${code}`}`, fix: "run the command there by hand" };
}
