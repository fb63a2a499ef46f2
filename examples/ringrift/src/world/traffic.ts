import type { SyncResult } from "../nodes/orders.ts";

/** What went over a node's lines; a session counts at both of its ends. */
export interface Traffic {
  readonly sessions: number;
  readonly failed: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export function noTraffic(names: readonly string[]): Map<string, Traffic> {
  return new Map(names.map((name) => [name, { sessions: 0, failed: 0, bytesSent: 0, bytesReceived: 0 }]));
}

/** Adds the sessions that `from` began. */
export function countTraffic(traffic: Map<string, Traffic>, from: string, results: readonly SyncResult[]): void {
  for (const { peer, error, bytesSent, bytesReceived } of results) {
    const failed = error === null ? 0 : 1;
    add(traffic, from, { sessions: 1, failed, bytesSent, bytesReceived });
    add(traffic, peer, { sessions: 1, failed, bytesSent: bytesReceived, bytesReceived: bytesSent });
  }
}

function add(traffic: Map<string, Traffic>, name: string, more: Traffic): void {
  const so = traffic.get(name);
  if (so === undefined) throw new Error(`there is no node ${name}`);
  traffic.set(name, { sessions: so.sessions + more.sessions, failed: so.failed + more.failed, bytesSent: so.bytesSent + more.bytesSent, bytesReceived: so.bytesReceived + more.bytesReceived });
}
