import { httpPeer, sshPeer } from "@gauntlet/adapters";
import { paths } from "@gauntlet/contract";
import type { Peer } from "@gauntlet/controller";

import type { PeerSettings, SyncSettings } from "../config/peers-schema.ts";

/** A peer as its settings say. @throws Failure `invalid_input` for a name that could be an option or a shell's */
export function openPeer(name: string, settings: PeerSettings, limits: SyncSettings): Peer {
  const { connectTimeoutMs, answerTimeoutMs: messageTimeoutMs } = limits;
  if (settings.kind === "http") return httpPeer({ name, url: new URL(paths.syncSession, settings.url).href, token: settings.token ?? null, messageTimeoutMs });
  const { host, user = null, port = null, identityFile = null, knownHostsFile = null, command } = settings;
  return sshPeer({ name, program: "ssh", host, user, port, identityFile, knownHostsFile, command, connectTimeoutMs, messageTimeoutMs });
}

/** Where a peer is, for people: without what opens it. */
export function addressOf(settings: PeerSettings): string {
  if (settings.kind === "http") return new URL(settings.url).origin;
  const { host, user, port } = settings;
  return `${user === undefined ? "" : `${user}@`}${host}${port === undefined ? "" : `:${port}`}`;
}
