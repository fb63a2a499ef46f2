import { Failure, type Message } from "@gauntlet/core";

import type { Peer } from "../ports/peer.ts";
import type { SessionShelf } from "../sync/session-shelf.ts";

/** What becomes of one message on its way there or back. Throwing cuts the line. */
export type OnTheWay = (message: unknown, toPeer: boolean) => unknown;

/** A peer whose sessions are answered by a shelf of this process; every message goes through JSON, and through `onTheWay`. */
export function shelfPeer(name: string, shelf: SessionShelf, onTheWay: OnTheWay = (message) => message): Peer {
  let lines = 0;
  return {
    name,
    transport: "http",
    connect: async (signal) => {
      const bytes = { sent: 0, received: 0 };
      const owner = `${name} ${lines++}`;
      const post = async (message: Message): Promise<unknown> => {
        if (signal.aborted) throw new Failure("peer_unavailable", `${name} was not done in time`);
        const out = JSON.stringify(onTheWay(JSON.parse(JSON.stringify(message)), true));
        bytes.sent += out.length;
        const answer = await shelf.receive(owner, JSON.parse(out));
        if (answer === null) return null;
        const back = JSON.stringify(onTheWay(JSON.parse(JSON.stringify(answer)), false));
        bytes.received += back.length;
        return JSON.parse(back);
      };
      return { exchange: post, tell: async (message) => void (await post(message)), bytes: () => bytes, close: async () => undefined };
    },
  };
}
