import { expect, test } from "vitest";

import type { SyncResult } from "../nodes/orders.ts";
import { countTraffic, noTraffic } from "./traffic.ts";

const session = (peer: string, bytesSent: number, bytesReceived: number, error: string | null = null): SyncResult => ({ peer, equal: error === null ? true : null, path: "vector", bytesSent, bytesReceived, roundTrips: 1, recordsSent: 0, recordsReceived: 0, resolved: 0, error });

test("a session counts at both ends: what one sent, the other received, also when it was cut", () => {
  const traffic = noTraffic(["east", "west", "north"]);
  countTraffic(traffic, "east", [session("west", 10, 200), session("north", 5, 0, "cut")]);
  countTraffic(traffic, "west", [session("east", 1, 2)]);
  expect(Object.fromEntries(traffic)).toEqual({
    east: { sessions: 3, failed: 1, bytesSent: 17, bytesReceived: 201 },
    west: { sessions: 2, failed: 0, bytesSent: 201, bytesReceived: 12 },
    north: { sessions: 1, failed: 1, bytesSent: 0, bytesReceived: 5 },
  });
  expect([...traffic.values()].reduce((sum, { bytesSent, bytesReceived }) => sum + bytesSent - bytesReceived, 0)).toBe(0);
  expect(() => countTraffic(traffic, "east", [session("south", 1, 1)])).toThrow(/no node south/);
});
