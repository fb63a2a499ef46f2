import { Failure, type Problem } from "@gauntlet/core";
import { parseDocument } from "yaml";

import { peersFile, type PeerSettings } from "./peers-schema.ts";

export interface Hosts {
  /** Those to reconcile with, by name. */
  readonly peers: Readonly<Record<string, SshPeer>>;
  /** Those that the file leaves out, and why. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

type SshPeer = PeerSettings & { readonly kind: "ssh" };
type Fields = Readonly<Record<string, unknown>>;

/** Of those that a host is not used with. */
const AWAY = ["terminated", "offline", "suspended", "archived"];

/**
 * Hosts of a training cluster's file, in either of its two shapes: `standard_hosts` (those whose name has gh200 in it or
 * that have the role selfplay) or `hosts` (those that are not disabled or away; tailscale_ip before ssh_host). Keys that
 * say nothing of reaching a host are passed over.
 *
 * Otherwise than the tools that it comes from: of several roles in one text each counts, a user in `user@host` is that
 * host's user and no other is put before it, and ssh_user, ssh_port and ssh_key are used.
 *
 * @throws Failure `invalid_input` naming every host that can't be read; nothing is guessed
 */
export function parseHosts(text: string, source: string): Hosts {
  const document = parseDocument(text, { schema: "core", strict: true, uniqueKeys: true });
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong !== undefined) throw invalid(source, [{ pointer: "", detail: wrong.message.split("\n", 1)[0] ?? "malformed YAML" }]);
  const root: unknown = document.toJS({ maxAliasCount: 0 });
  const shapes = (["standard_hosts", "hosts"] as const).filter((key) => isFields(root) && root[key] !== undefined);
  const [shape] = shapes;
  if (!isFields(root) || shape === undefined) throw invalid(source, [{ pointer: "", detail: "has neither standard_hosts nor hosts" }]);
  if (shapes.length > 1) throw invalid(source, [{ pointer: "", detail: "has both standard_hosts and hosts: leave one of them out" }]);
  const hosts = root[shape];
  if (!isFields(hosts)) throw invalid(source, [{ pointer: `/${shape}`, detail: "must map names to hosts" }]);
  const problems: Problem[] = [];
  const left: { name: string; why: string }[] = [];
  const peers: (readonly [string, SshPeer])[] = [];
  for (const [name, host] of Object.entries(hosts)) {
    const at = `/${shape}/${name}`;
    if (!isFields(host)) {
      problems.push({ pointer: at, detail: "must be a map" });
      continue;
    }
    const why = shape === "hosts" ? whyAway(host) : whyOther(name, host);
    if (why !== null) left.push({ name, why });
    else peers.push(...readPeer({ name, host, at }, problems));
  }
  if (problems.length > 0) throw invalid(source, problems);
  return { peers: Object.fromEntries(peers), left };
}

function whyOther(name: string, { role }: Fields): string | null {
  const roles = typeof role === "string" ? role.split(",").map((one) => one.trim()) : Array.isArray(role) ? role : [];
  return name.includes("gh200") || roles.includes("selfplay") ? null : `its role is ${roles.length === 0 ? "not given" : roles.join(", ")}, not selfplay`;
}

function whyAway({ p2p_enabled: enabled, status }: Fields): string | null {
  if (enabled === false) return "p2p_enabled is false";
  return typeof status === "string" && AWAY.includes(status.trim().toLowerCase()) ? `its status is ${status}` : null;
}

function readPeer({ name, host, at }: { readonly name: string; readonly host: Fields; readonly at: string }, problems: Problem[]): readonly (readonly [string, SshPeer])[] {
  const address = host["tailscale_ip"] ?? host["ssh_host"];
  if (typeof address !== "string" || address === "") {
    problems.push({ pointer: at, detail: "has no ssh_host" });
    return [];
  }
  const cut = address.lastIndexOf("@");
  const user = cut >= 0 ? address.slice(0, cut) : host["ssh_user"];
  const read = peersFile.safeParse({
    [name]: {
      kind: "ssh",
      host: address.slice(cut + 1),
      ...(user == null ? {} : { user }),
      ...(host["ssh_port"] == null ? {} : { port: host["ssh_port"] }),
      ...(host["ssh_key"] == null ? {} : { identityFile: host["ssh_key"] }),
    },
  });
  if (read.success) return Object.entries(read.data) as [string, SshPeer][];
  problems.push(...read.error.issues.map((issue) => ({ pointer: `${at}${issue.path.slice(1).map((step) => `/${String(step)}`).join("")}`, detail: issue.message })));
  return [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(source: string, problems: readonly Problem[]): Failure {
  const [first] = problems;
  return new Failure("invalid_input", `${source} is no file of hosts: ${first?.pointer ?? ""} ${first?.detail ?? ""}`, { problems, fix: "see the guide on reconciling nodes for both shapes" });
}
