import { asFailure, type StreamReport } from "@gauntlet/controller";

import type { Log } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";

/** Counts every message, and names each that did not go in whole. */
export function streamReporter(log: Log, metrics: Pick<Metrics, "streamed" | "streamOpened">): (event: StreamReport) => void {
  return (event) => {
    const { stream } = event;
    switch (event.kind) {
      case "open":
        metrics.streamOpened(stream);
        return log({ level: "info", message: `${stream}: reading` });
      case "unavailable":
        return log({ level: "error", message: `${stream} can't be read, and is tried again: ${event.detail}` });
      case "given_back":
        metrics.streamed(stream, "given_back");
        return log({ level: "warn", message: `${event.place} is given back, to come again: ${asFailure(event.error).message}`, fields: { stream, code: asFailure(event.error).code } });
      case "message": {
        const { receipt, place } = event;
        metrics.streamed(stream, receipt.kind);
        if (receipt.kind === "poison") log({ level: "error", message: `${place} can't be kept, and is terminated: ${receipt.detail}`, fields: { stream } });
        if (receipt.kind === "partly") log({ level: "warn", message: `${place} is kept in part: ${receipt.detail}`, fields: { stream } });
      }
    }
  };
}
