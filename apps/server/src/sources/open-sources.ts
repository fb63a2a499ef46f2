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
export function sourceProblems({ sources }: Pick<Config, "sources">): readonly Problem[] {
  return Object.entries(sources).flatMap(([name, source]) => {
    const pointer = `/sources/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return [...countProblems(source, pointer), ...madeProblems(name, source, pointer)];
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

function countProblems(source: SourceConfig, pointer: string): readonly Problem[] {
  return Object.keys(source.metrics).length > 0 ? [] : [{ pointer: `${pointer}/metrics`, detail: "a source needs at least one metric" }];
}
