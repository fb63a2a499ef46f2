import { modelEvent, paths } from "@gauntlet/contract";
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

/** How long a lost connection is called "reconnecting" before what is shown counts as stale. */
const STALE_AFTER_MS = 10_000;
/** Events of one burst are answered by one reading. */
const GATHER_MS = 200;
/** A browser gives up by itself when the answer was an error; then we try again. */
const RETRY_MS = 3000;

export type Liveness =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** `since` is this browser's clock: it says when the connection was lost, nothing about the models. */
  | { readonly kind: "reconnecting"; readonly since: number }
  | { readonly kind: "stale"; readonly since: number };

/** Follows the server's events: each names a model whose answers are then read again. */
export function useLive(): Liveness {
  const client = useQueryClient();
  const [liveness, setLiveness] = useState<Liveness>({ kind: "connecting" });
  useEffect(() => follow(client, setLiveness), [client]);
  return liveness;
}

function follow(client: QueryClient, report: (liveness: Liveness) => void): () => void {
  let source: EventSource | null = null;
  let lostAt: number | null = null;
  let staleTimer: number | undefined;
  let retryTimer: number | undefined;
  const gatherer = gather(client);

  const open = () => {
    source = new EventSource(paths.events);
    source.addEventListener("open", () => {
      window.clearTimeout(staleTimer);
      // Whatever happened meanwhile was missed, unless the server replayed it: read everything again.
      if (lostAt !== null) void client.invalidateQueries();
      lostAt = null;
      report({ kind: "live" });
    });
    source.addEventListener("model", (event) => gatherer.add(event.data));
    source.addEventListener("error", lost);
  };
  const lost = () => {
    if (lostAt === null) {
      const since = Date.now();
      lostAt = since;
      report({ kind: "reconnecting", since });
      staleTimer = window.setTimeout(() => report({ kind: "stale", since }), STALE_AFTER_MS);
    }
    if (source?.readyState === EventSource.CLOSED) retryTimer = window.setTimeout(open, RETRY_MS);
  };
  open();
  return () => {
    source?.close();
    window.clearTimeout(staleTimer);
    window.clearTimeout(retryTimer);
    gatherer.stop();
  };
}

/** A busy controller sends many events a second; reading again for each would cancel the reading before. */
function gather(client: QueryClient): { add(data: unknown): void; stop(): void } {
  const models = new Set<string>();
  let timer: number | undefined;
  const flush = () => {
    timer = undefined;
    for (const every of ["fleet", "health", "hooks"]) void client.invalidateQueries({ queryKey: [every] });
    for (const model of models) void client.invalidateQueries({ queryKey: ["model", model] });
    models.clear();
  };
  return {
    add(data) {
      const event = modelEvent.safeParse(parseJson(data));
      // An event that can't be read still says that something changed.
      if (event.success) models.add(event.data.model);
      else void client.invalidateQueries();
      timer ??= window.setTimeout(flush, GATHER_MS);
    },
    stop: () => window.clearTimeout(timer),
  };
}

function parseJson(data: unknown): unknown {
  try {
    return typeof data === "string" ? JSON.parse(data) : null;
  } catch {
    return null;
  }
}
