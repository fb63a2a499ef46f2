// Apart from the other adapters: its client is large, and only who has streams needs it.
export { openNatsStream } from "./open-nats-stream.ts";
