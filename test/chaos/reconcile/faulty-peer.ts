import type { Peer } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";

import type { Random } from "../random.ts";
import type { ChaosNode } from "./node.ts";

export const FAULTS = ["cut_before", "cut_after", "twice", "delayed", "late", "killed_here", "killed_there"] as const;
export type Fault = (typeof FAULTS)[number];

/** A message that is still under way when its sender has given up. */
interface Late {
  readonly to: ChaosNode;
  readonly owner: string;
  readonly line: string;
}

export interface Line {
  readonly random: Random;
  readonly late: Late[];
  /** 0: nothing goes wrong. */
  readonly trouble: number;
  readonly seen: Set<Fault>;
}

/** `to` as a peer of `from`, over a line that cuts, doubles, delays and reorders messages; processes die on either side. */
export function faultyPeer({ from, to }: { readonly from: ChaosNode; readonly to: ChaosNode }, { random, late, trouble, seen }: Line): Peer {
  const cut = (fault: Fault): Failure => {
    seen.add(fault);
    return new Failure("peer_unavailable", `${to.name}: ${fault}`);
  };
  let lines = 0;

  async function deliver(owner: string, line: string): Promise<unknown> {
    const answer = await to.shelf.receive(owner, JSON.parse(line));
    return answer === null ? null : JSON.parse(JSON.stringify(answer));
  }

  async function post(owner: string, message: unknown): Promise<unknown> {
    const line = JSON.stringify(message);
    const fault = random.chance(trouble) ? random.pick(FAULTS) : null;
    if (fault === "cut_before") throw cut(fault);
    if (fault === "delayed") {
      late.push({ to, owner, line });
      throw cut(fault);
    }
    if (fault === "late") await overtaken(late, random, seen);
    if (fault === "killed_there") die(to, fault);
    if (fault === "killed_here") die(from, fault);
    if (fault === "twice") {
      seen.add(fault);
      const [first] = await Promise.allSettled([deliver(owner, line), deliver(owner, line)]);
      if (first.status === "rejected") throw first.reason;
      return first.value;
    }
    const answer = await deliver(owner, line);
    if (fault === "cut_after") throw cut(fault);
    return answer;
  }

  function die(node: ChaosNode, fault: Fault): void {
    seen.add(fault);
    node.killAtNextAppend(random.chance(0.5) ? "before" : "after");
  }

  return {
    name: to.name,
    transport: "ssh",
    connect: async () => {
      // An owner is a process and a line; with the same one, a message that comes late meets a later session.
      const owner = `${from.name} ${from.life} ${random.chance(0.5) ? lines++ : 0}`;
      return { exchange: (message) => post(owner, message), tell: async (message) => void (await post(owner, message)), bytes: () => ({ sent: 0, received: 0 }), close: async () => undefined };
    },
  };
}

/** Somebody's late message comes now; nobody waits for its answer. */
async function overtaken(late: Late[], random: Random, seen: Set<Fault>): Promise<void> {
  if (late.length === 0) return;
  seen.add("late");
  const [one] = late.splice(random.between(0, late.length), 1);
  await one!.to.shelf.receive(one!.owner, JSON.parse(one!.line)).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
  });
}
