import { Failure } from "@gauntlet/core";
import { expect, test } from "vitest";

import { parseHosts } from "./parse-hosts.ts";

const COMMAND = ["gauntlet", "ratings", "serve", "--stdio"];

test("standard_hosts: by name or by role, also among several; a user in the address is the user", () => {
  const { peers, left } = parseHosts(
    `standard_hosts:
  lambda-gh200-a: { ssh_host: 10.0.0.1, role: training, memory_gb: 96 }
  box: { ssh_host: ann@box.lab, role: "selfplay,cmaes", ssh_user: bob }
  one: { ssh_host: one.lab, role: selfplay, ssh_port: 2222, ssh_key: /keys/id }
  two: { ssh_host: two.lab, role: selfplayer }
  three: { ssh_host: -oProxyCommand=reboot }
`,
    "remote_hosts.yaml",
  );
  expect(peers).toEqual({
    "lambda-gh200-a": { kind: "ssh", host: "10.0.0.1", command: COMMAND },
    box: { kind: "ssh", host: "box.lab", user: "ann", command: COMMAND },
    one: { kind: "ssh", host: "one.lab", port: 2222, identityFile: "/keys/id", command: COMMAND },
  });
  expect(left).toEqual([{ name: "two", why: "its role is selfplayer, not selfplay" }, { name: "three", why: "its role is not given, not selfplay" }]);
});

test("hosts: those that are not disabled or away, by their private address first", () => {
  const { peers, left } = parseHosts(
    `hosts:
  a: { tailscale_ip: 100.64.0.1, ssh_host: a.lab, status: ready, ssh_user: ubuntu }
  b: { tailscale_ip: null, ssh_host: b.lab }
  c: { ssh_host: c.lab, p2p_enabled: false }
  d: { ssh_host: d.lab, status: Offline }
`,
    "distributed_hosts.yaml",
  );
  expect(peers).toMatchObject({ a: { host: "100.64.0.1", user: "ubuntu" }, b: { host: "b.lab" } });
  expect([Object.keys(peers).length, left.map(({ name }) => name)]).toEqual([2, ["c", "d"]]);
});

test.each<[string, string]>([
  ["hosts: { a: { ssh_host: '-oProxyCommand=reboot' } }", "/hosts/a/host"],
  ["hosts: { a: { ssh_host: 'a;reboot' } }", "/hosts/a/host"],
  ["hosts: { a: { ssh_host: '$(reboot)@b' } }", "/hosts/a/user"],
  ["hosts: { '-x': { ssh_host: b } }", "/hosts/-x"],
  ["hosts: { a: { ssh_host: b, ssh_port: many } }", "/hosts/a/port"],
  ["hosts: { a: {} }", "/hosts/a"],
  ["hosts: { a: b.lab }", "/hosts/a"],
  ["hosts: [a, b]", "/hosts"],
  ["hosts: {}\nstandard_hosts: {}", ""],
  ["servers: {}", ""],
  ["- a", ""],
  ["hosts: { a: {}, a: {} }", ""],
])("%s is refused with its place", (text, pointer) => {
  try {
    parseHosts(text, "hosts.yaml");
    expect.unreachable();
  } catch (error) {
    expect((error as Failure).problems[0]?.pointer).toBe(pointer);
  }
});
