import { Registry } from "prom-client";

import { instruments } from "./instruments.ts";

interface MetricFact {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** What there is to be scraped. */
export async function rpsMetricFacts(): Promise<readonly MetricFact[]> {
  const registry = new Registry();
  instruments(registry);
  const types = new Map((await registry.getMetricsAsJSON()).map(({ name, type }) => [name, String(type)]));
  return registry.getMetricsAsArray().map((metric) => {
    const { name, help, labelNames } = metric as unknown as { readonly name: string; readonly help: string; readonly labelNames: readonly string[] };
    return { name, type: types.get(name) ?? "", labels: labelNames, help };
  });
}
