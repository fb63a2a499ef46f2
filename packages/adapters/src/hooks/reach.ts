import { Failure } from "@gauntlet/core";
import { lookup as resolve } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** How far away an address is. `name`: it has to be resolved first. `never`: no host is told there. */
export type Reach = "public" | "private" | "loopback" | "never" | "name";

/** Of a host as it stands in a URL. */
export function reachOf(hostname: string): Reach {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (host === "localhost") return "loopback";
  return isIP(host) === 0 ? "name" : reachOfAddress(host);
}

export function addressProblem(reach: Exclude<Reach, "name">, allowPrivate: boolean): string | null {
  if (reach === "never") return "is an address at which no host is told";
  return reach === "public" || allowPrivate ? null : "is an address of a private network, which allowPrivate does not allow";
}

/** Loopback, IPv4 inside IPv6 counted as IPv4. */
function reachOfAddress(address: string): Exclude<Reach, "name"> {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const family = isIP(mapped) === 4 ? "ipv4" : "ipv6";
  const within = (subnets: Subnets): boolean => subnets[family].check(mapped, family);
  if (within(LOOPBACK)) return "loopback";
  if (within(NEVER)) return "never";
  return within(PRIVATE) ? "private" : "public";
}

/** A list of IPv6 subnets knows those of mapped IPv4 addresses as IPv4 too, so each family has its own. */
type Subnets = Readonly<Record<"ipv4" | "ipv6", BlockList>>;

function listOf(subnets: readonly (readonly [net: string, prefix: number])[]): Subnets {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const [net, prefix] of subnets) {
    const family = net.includes(":") ? "ipv6" : "ipv4";
    lists[family].addSubnet(net, prefix, family);
  }
  return lists;
}

const LOOPBACK = listOf([["127.0.0.0", 8], ["::1", 128]]);
/** Unspecified, link-local (among them the metadata of clouds), multicast, reserved, and IPv4 hidden in IPv6. */
const NEVER = listOf([["0.0.0.0", 8], ["169.254.0.0", 16], ["224.0.0.0", 3], ["::", 128], ["::ffff:0:0", 96], ["64:ff9b::", 96], ["2002::", 16], ["fe80::", 10], ["ff00::", 8]]);
const PRIVATE = listOf([["10.0.0.0", 8], ["172.16.0.0", 12], ["192.168.0.0", 16], ["100.64.0.0", 10], ["198.18.0.0", 15], ["fc00::", 7]]);

/** Resolves a name for a connection, and gives only addresses that were checked: none of them may be where nobody may be told. */
export function lookupAllowed(allowPrivate: boolean): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, "");
      const problem = addresses.flatMap(({ address }) => problemAt(hostname, address, allowPrivate) ?? [])[0];
      const first = addresses[0];
      if (problem !== undefined || first === undefined) return done(new Failure("forbidden", `its name resolves to what ${problem ?? "has no address"}`), "");
      return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
}

/**
 * Whether a host may be told now, in a sentence that does not repeat it: a name is resolved, and nothing is connected to.
 * @throws Failure `invalid_input` with what is in the way.
 */
export async function requireReachable(hostname: string, allowPrivate: boolean): Promise<string> {
  const reach = reachOf(hostname);
  if (reach !== "name") return reach === "loopback" ? "is on this machine" : "is told at an address, which needs no name";
  const found = await new Promise<number>((done, refuse) => {
    lookupAllowed(allowPrivate)(hostname, { all: true }, (error, addresses) => (error === null ? done(addresses.length) : refuse(notTold(error))));
  });
  return `its name resolves, to ${found === 1 ? "an address" : `${found} addresses`} that may be told`;
}

function notTold(error: Error & { readonly code?: string }): Failure {
  if (error instanceof Failure) return new Failure("invalid_input", error.message, { fix: "correct its url; for an endpoint in a private network set allowPrivate: true" });
  return new Failure("invalid_input", `its name does not resolve: ${error.code ?? "nobody knows why"}`, { fix: "correct its url, or the name service of this machine" });
}

/** Another name than localhost that means this machine is a private address like others. */
function problemAt(hostname: string, address: string, allowPrivate: boolean): string | null {
  const reach = reachOfAddress(address);
  return reach === "loopback" && hostname === "localhost" ? null : addressProblem(reach, allowPrivate);
}
