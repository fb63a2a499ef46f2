import { asFailure, recordOutcomes, type Controller, type RecordAnswer } from "@gauntlet/controller";
import type { Outcome } from "@gauntlet/core";
import { createGateway, httpUpstreams, type AnswerFunction, type Gateway, type GatewaySettings, type Timers } from "@gauntlet/gateway";
import { randomBytes } from "node:crypto";

import type { Config } from "./config/config.ts";

/** A model whose versions answer in this process. */
export interface ServedModel {
  readonly answer: AnswerFunction;
  /** How long a version may take. Left out: as configured under serving. */
  readonly timeoutMs?: number;
  /** Milliseconds that never run backwards. Left out: the machine's. */
  readonly stopwatch?: () => number;
  readonly timers?: Timers;
  readonly settings?: Partial<GatewaySettings>;
}

/** The gateways of this process, made when they are first asked for. */
export interface GatewayShelf {
  get(model: string): Gateway | null;
  serve(model: string, served: ServedModel): Gateway;
  /** Records what is still in memory. @throws Failure `store_unavailable`. */
  drain(): Promise<void>;
}

export function gatewayShelf(options: {
  readonly controller: Controller;
  readonly serving: Config["serving"];
  readonly serve: Readonly<Record<string, ServedModel>>;
  readonly onRecorded?: (answer: RecordAnswer) => void;
}): GatewayShelf {
  const { controller, serving } = options;
  const gateways = new Map<string, Gateway>();

  async function record(model: string, outcomes: readonly Outcome[], batchId: string): Promise<void> {
    try {
      const answer = await recordOutcomes(controller, { model, batchId, outcomes, labels: [] });
      options.onRecorded?.(answer);
    } catch (error) {
      // Served without a rollout: there is no experiment to count for, and trying again would hold up what follows.
      if (asFailure(error).code !== "not_found") throw error;
    }
  }

  function serve(model: string, served: ServedModel): Gateway {
    const { answer, timeoutMs = serving.timeoutMs, stopwatch = () => performance.now(), timers, settings } = served;
    const gateway = createGateway({
      allocation: () => controller.traffic.read(model),
      answer,
      record: (outcomes, batchId) => record(model, outcomes, batchId),
      clock: controller.clock,
      stopwatch,
      timeoutMs,
      instanceId: randomBytes(8).toString("hex"),
      ...(timers === undefined ? {} : { timers }),
      ...(settings === undefined ? {} : { settings }),
    });
    gateways.set(model, gateway);
    return gateway;
  }

  function get(model: string): Gateway | null {
    const known = gateways.get(model);
    if (known !== undefined) return known;
    const inProcess = Object.hasOwn(options.serve, model) ? options.serve[model] : undefined;
    if (inProcess !== undefined) return serve(model, inProcess);
    const urls = Object.hasOwn(serving.upstreams, model) ? serving.upstreams[model] : undefined;
    return urls === undefined ? null : serve(model, { answer: httpUpstreams({ urls, fetch, timeoutMs: serving.timeoutMs }) });
  }

  return {
    get,
    serve,
    drain: async () => {
      await Promise.all([...gateways.values()].map((gateway) => gateway.drain()));
    },
  };
}
