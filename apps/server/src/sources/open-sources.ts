import { duckdbSource, keepReading, postgresSource, prometheusSource } from "@gauntlet/adapters";
import type { Clock, EvidenceSource } from "@gauntlet/controller";
import { Failure, type Problem } from "@gauntlet/core";

import type { Config } from "../config/config.ts";

type SourceConfig = Config["sources"][string];

/** The configuration's sources by name. Nothing is read yet. @throws Failure `invalid_input` when a metric or a query is wrong. */
export function openSources({ sources }: Pick<Config, "sources">, clock: Clock): ReadonlyMap<string, EvidenceSource> {
  return new Map(Object.entries(sources).map(([name, source]) => [name, keepReading(openSource(name, source), { everyMs: source.everyMs, now: () => clock.now() })]));
}

/** What the shape of `sources` can't say: how selectors, queries and metrics must fit. */
export function sourceProblems({ sources, tick }: Pick<Config, "sources" | "tick">): readonly Problem[] {
  return Object.entries(sources).flatMap(([name, source]) => {
    const pointer = `/sources/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return [...ownProblems(source, { pointer, leaseMs: tick.leaseMs }), ...madeProblems(name, source, pointer)];
  });
}

function openSource(name: string, source: SourceConfig): EvidenceSource {
  switch (source.kind) {
    case "prometheus": {
      const { url, token, basic, timeoutMs, ageMaxMs, metrics } = source;
      return prometheusSource({ name, url, timeoutMs, ageMaxMs, metrics, ...(token === undefined ? {} : { token }), ...(basic === undefined ? {} : { basic }) });
    }
    case "postgres":
      return postgresSource({ name, ...source });
    case "duckdb":
      return duckdbSource({ name, ...source });
  }
}

function madeProblems(name: string, source: SourceConfig, pointer: string): readonly Problem[] {
  try {
    const { metrics } = openSource(name, source);
    return Object.entries(metrics).flatMap(([metric, kind]) =>
      (kind === "count") === (metric === "scored") ? [] : [{ pointer: `${pointer}/metrics`, detail: `metric "${metric}" is a ${kind}; "scored", and it alone, is a count: how many requests each version answered` }],
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ pointer, detail: error.fix === null ? error.message : `${error.message}; ${error.fix}` }];
  }
}

function ownProblems({ metrics, timeoutMs }: SourceConfig, { pointer, leaseMs }: { readonly pointer: string; readonly leaseMs: number }): readonly Problem[] {
  const none = Object.keys(metrics).length > 0 ? [] : [{ pointer: `${pointer}/metrics`, detail: "a source needs at least one metric" }];
  // A controller that waits longer than its lease is asked to decide what another decides already.
  return timeoutMs < leaseMs ? none : [...none, { pointer: `${pointer}/timeoutMs`, detail: `is not below tick.leaseMs, which is ${leaseMs}` }];
}
