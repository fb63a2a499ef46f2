import { expect, test } from "vitest";

import { addressLimit } from "./address-limit.ts";
import { callerKey, clientAddress, trustedProxies } from "./client-address.ts";

test("an address has a minute's worth at once, then one as often as the rate has it; another has its own", () => {
  let now = 5000;
  const { take } = addressLimit({ perMinute: 3, stopwatch: () => now });
  expect([take("a"), take("a"), take("a"), take("b")]).toEqual([0, 0, 0, 0]);
  const wait = take("a");
  expect(wait).toBeCloseTo(20_000, 3);
  // What is refused does not count, so that waiting helps.
  expect(take("a")).toBe(wait);
  now += wait;
  expect([take("a"), take("a") > 0]).toEqual([0, true]);
  now += 10 * 60_000;
  expect([take("a"), take("a"), take("a"), take("a") > 0]).toEqual([0, 0, 0, true]);
});

test("of more addresses than are told apart the oldest are forgotten, so that memory has a limit", () => {
  const { take } = addressLimit({ perMinute: 1, stopwatch: () => 0 });
  for (let i = 0; i < 50_001; i++) take(String(i));
  expect([take("50000") > 0, take("0")]).toEqual([true, 0]);
});

const trusted = trustedProxies("10.0.0.0/8, fd00::/8, 192.0.2.7");

test.each([
  ["nobody is believed who is no proxy of ours", "198.51.100.1", "203.0.113.9", "198.51.100.1"],
  ["our proxy says who called it", "10.1.2.3", "203.0.113.9", "203.0.113.9"],
  ["what a caller made up stands before that", "10.1.2.3", "1.1.1.1, 8.8.8.8, 203.0.113.9", "203.0.113.9"],
  ["two proxies of ours", "10.1.2.3", "1.1.1.1, 203.0.113.9, 192.0.2.7", "203.0.113.9"],
  ["nonsense ends it", "10.1.2.3", "203.0.113.9, <script>", "10.1.2.3"],
  ["nothing said", "10.1.2.3", undefined, "10.1.2.3"],
  ["all of them ours: the farthest", "10.1.2.3", "10.9.9.9, 10.8.8.8", "10.9.9.9"],
  ["IPv4 in IPv6, ports and brackets", "::ffff:10.1.2.3", "[2001:db8::1]:443, fd00::1", "2001:db8::1"],
  ["a port", "10.1.2.3", "203.0.113.9:5000", "203.0.113.9"],
])("who called: %s", (_, peer, forwarded, wanted) => {
  expect(clientAddress(peer, forwarded, trusted)).toBe(wanted);
});

test("an IPv6 household is one caller, whatever its addresses; an IPv4 address is one", () => {
  expect(new Set(["2001:db8:0:1::5", "2001:0db8::1:a:b:c:d", "2001:db8:0:1:ffff::"].map(callerKey))).toEqual(new Set(["2001:db8:0:1"]));
  expect([callerKey("2001:db8::1"), callerKey("::1"), callerKey("203.0.113.9")]).toEqual(["2001:db8:0:0", "0:0:0:0", "203.0.113.9"]);
});

test.each(["10.0.0.0/33", "fd00::/129", "proxy", "10.0.0.0/8/8"])("%s is no network", (text) => {
  expect(() => trustedProxies(text)).toThrow(/is no address and no network/);
});
