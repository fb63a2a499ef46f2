import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { Answer, Order } from "./orders.ts";

/** A node in a process of its own. */
export interface NodeProcess {
  readonly name: string;
  /** @throws Error with what the node said, or when its process ends. */
  order<O extends Order>(order: O): Promise<Answer<O>>;
  /** Ends it in order; resolves when its process is gone. */
  end(): Promise<void>;
}

interface Waiting {
  readonly done: (answer: unknown) => void;
  readonly failed: (error: Error) => void;
}

type Reply = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: string };

export function startNode(name: string): NodeProcess {
  const child: ChildProcess = fork(fileURLToPath(new URL("node-main.ts", import.meta.url)), [], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const waiting = new Map<number, Waiting>();
  let next = 0;
  child.on("message", (reply: Reply) => {
    const one = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("error" in reply) one?.failed(new Error(`${name}: ${reply.error}`));
    else one?.done(reply.answer);
  });
  child.once("exit", (code, signal) => {
    for (const { failed } of waiting.values()) failed(new Error(`the process of ${name} ended with ${code ?? signal}`));
    waiting.clear();
  });
  const order = <O extends Order>(given: O): Promise<Answer<O>> =>
    new Promise((done, failed) => {
      const id = next++;
      waiting.set(id, { done: (answer) => done(answer as Answer<O>), failed });
      child.send({ id, order: given }, (error) => {
        if (error !== null) failed(error);
      });
    });
  return {
    name,
    order,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      // Its answer may be lost when it is quicker to end than to say so.
      await order({ kind: "end" }).catch(() => undefined);
      await gone;
    },
  };
}
