import { Failure } from "@gauntlet/core";
import { BlockList, isIP, isIPv4 } from "node:net";

/** Proxies of ours, whose word on who called them is taken. */
export interface TrustedProxies {
  readonly has: (address: string) => boolean;
}

/** @param text addresses and networks, as in `10.0.0.0/8, fd00::/8, 192.0.2.7`; empty: nobody @throws Failure `invalid_input` that names the part */
export function trustedProxies(text: string): TrustedProxies {
  const list = new BlockList();
  for (const part of text.split(",").map((one) => one.trim()).filter((one) => one !== "")) {
    const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(part) ?? [];
    const width = isIPv4(address) ? 32 : 128;
    if (isIP(address) === 0 || Number(bits ?? width) > width) throw new Failure("invalid_input", `"${part.slice(0, 64)}" is no address and no network`, { fix: "write 10.0.0.0/8, fd00::/8 or 192.0.2.7" });
    list.addSubnet(address, Number(bits ?? width), familyOf(address));
  }
  return { has: (address) => list.check(address, familyOf(address)) };
}

/**
 * Who called: the peer, or, where that is a proxy of ours, the last address in X-Forwarded-For that is none of ours. Each proxy
 * writes who called it at the end, so that whatever a caller sent stands before that, and is never reached.
 * @param peer of the connection @param forwarded the header, of several joined by commas
 */
export function clientAddress(peer: string, forwarded: string | undefined, trusted: TrustedProxies): string {
  let address = addressIn(peer) ?? peer;
  const said = (forwarded ?? "").split(",");
  while (isIP(address) !== 0 && trusted.has(address)) {
    const before = addressIn(said.pop() ?? "");
    // What is no address was not written by a proxy that can be trusted with it.
    if (before === null) break;
    address = before;
  }
  return address;
}

/** What counts as one caller: an IPv4 address, or the /64 that an IPv6 network gives to one household. */
export function callerKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  const whole = [...groups, ...Array.from({ length: missing }, () => "0"), ...(tail === undefined || tail === "" ? [] : tail.split(":"))];
  return whole.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}

/** Without brackets, port and zone, and of an IPv4 address in IPv6 the IPv4 one; null where it is none. */
function addressIn(text: string): string | null {
  const bare = text.trim().replace(/^\[([^\]]*)\](?::\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1").replace(/%.*$/, "");
  const address = bare.replace(/^::ffff:(?=[\d.]+$)/i, "");
  return isIP(address) === 0 ? null : address;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv4(address) ? "ipv4" : "ipv6";
}
