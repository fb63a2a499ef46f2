// A node: a process with a Gauntlet server of its own, whose match ledger is on its own disk. It plays what it is told to.
import { nodeWork } from "./node-work.ts";
import type { Order } from "./orders.ts";

const work = nodeWork();

process.on("message", ({ id, order }: { readonly id: number; readonly order: Order }) => {
  void work(order).then(
    (answer) => reply({ id, answer }),
    (error: unknown) => reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

// Whoever directs it is gone: nobody would ever end it.
process.once("disconnect", () => process.exit(1));
// Ctrl-C reaches every process of a terminal; the one that directs this node ends it.
process.on("SIGINT", () => undefined);

function reply(message: object): void {
  process.send?.(message);
}
