import type { ChainEvent } from "../loop/event-hub.ts";
import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";

/** Proxies close a connection that is silent for a minute or so. */
const HEARTBEAT_MS = 15_000;
/** What a browser waits before it connects again. */
const RETRY_MS = 2000;

export const eventRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/v1/events",
    access: "read",
    summary: 'Server-sent events: `event: model`, data {"model","seq"}, whenever a ledger grows. Resumes with Last-Event-ID',
    answer: { type: "text/event-stream" },
    handle: stream,
  },
];

async function stream(c: RouteContext, { events }: Services): Promise<Response> {
  const encoder = new TextEncoder();
  const lastEventId = c.req.header("last-event-id") ?? null;
  let end: () => void = () => undefined;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const write = (text: string) => controller.enqueue(encoder.encode(text));
      write(`retry: ${RETRY_MS}\n\n`);
      const heartbeat = setInterval(() => write(": still here\n\n"), HEARTBEAT_MS);
      end = () => clearInterval(heartbeat);
      const unsubscribe = await events.subscribe(lastEventId, (event) => write(textOf(event)), () => {
        clearInterval(heartbeat);
        controller.close();
      });
      end = () => {
        clearInterval(heartbeat);
        unsubscribe();
      };
    },
    cancel: () => end(),
  });
  return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" } });
}

function textOf({ id, model, seq }: ChainEvent): string {
  return `id: ${id}\nevent: model\ndata: ${JSON.stringify({ model, seq })}\n\n`;
}
