import type { ModelDetail, ModelEvent } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";
import { Failure } from "@gauntlet/core/failure";

import { pause, type Connection } from "./connection.ts";
import { eventsOf } from "./event-stream.ts";
import type { Models } from "./models.ts";

export interface Events {
  /**
   * Every model whose ledger grows, one event for each new head, for as long as it is asked for; it begins with the present
   * heads. A connection that is lost is made again, and what was missed meanwhile is told.
   */
  follow(options?: { readonly signal?: AbortSignal }): AsyncGenerator<ModelEvent, void>;
  /**
   * The model as soon as `holds` is true of it: now, or after one of its next changes.
   * @throws Failure `answer_timeout` after `timeoutMs`, 10 minutes when left out.
   */
  until(model: string, holds: (detail: ModelDetail) => boolean, options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<ModelDetail>;
}

/** An id that no state of the ledgers has: the server begins by telling the present one. */
const FROM_THE_START = "none";
/** The server says something every 15 s; after so long a silence the connection is as good as lost. */
const SILENCE_MAX_MS = 45_000;
const RECONNECT_MS = 1000;
const WAIT_MS = 600_000;

export function events(server: Connection, models: Models): Events {
  return {
    follow: ({ signal } = {}) => follow(server, signal ?? new AbortController().signal),
    async until(model, holds, { timeoutMs = WAIT_MS, signal } = {}) {
      const timeout = AbortSignal.timeout(timeoutMs);
      const either = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
      try {
        for await (const event of follow(server, either)) {
          if (event.model !== model) continue;
          const detail = await models.get(model, { signal: either });
          if (holds(detail)) return detail;
        }
      } catch (error) {
        if (!timeout.aborted || signal?.aborted === true) throw error;
      }
      throw new Failure("answer_timeout", `what was waited for did not hold of ${model} within ${timeoutMs} ms`, { fix: "look at the model, or wait longer" });
    },
  };
}

async function* follow(server: Connection, signal: AbortSignal): AsyncGenerator<ModelEvent, void> {
  let lastId = FROM_THE_START;
  for (;;) {
    const ended = new AbortController();
    try {
      const response = await server.open(paths.events, { headers: { accept: "text/event-stream", "last-event-id": lastId }, signal: AbortSignal.any([signal, ended.signal]) });
      for await (const { id, name, data } of eventsOf(response, { silenceMaxMs: SILENCE_MAX_MS, signal })) {
        if (id !== null) lastId = id;
        if (name === "model") yield JSON.parse(data) as ModelEvent;
      }
    } catch (error) {
      if (signal.aborted || (error instanceof Failure && !error.retryable)) throw error;
    } finally {
      // Also when nobody asks for more: the server must not go on sending.
      ended.abort();
    }
    await pause(RECONNECT_MS, signal);
  }
}
