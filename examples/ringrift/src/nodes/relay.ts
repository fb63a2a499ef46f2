import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A line between nodes that can be cut: what one node knows of another is the relay's address, wherever that other listens. */
export interface Relay {
  readonly url: string;
  /** Where it leads. */
  leadTo(port: number): void;
  /** Ends every connection and refuses new ones, until it is mended. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openRelay(): Promise<Relay> {
  const sockets = new Set<Socket>();
  let [port, isCut] = [0, false];
  const server = createServer((near) => {
    if (isCut || port === 0) return void near.destroy();
    const far = connect(port, "127.0.0.1");
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", done);
  });
  const endAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (to) => {
      port = to;
    },
    cut: () => {
      isCut = true;
      endAll();
    },
    mend: () => {
      isCut = false;
    },
    close: () =>
      new Promise((done) => {
        endAll();
        server.close(() => done());
      }),
  };
}
