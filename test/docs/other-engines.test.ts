import { readFileSync } from "node:fs";

import { expect, test } from "vitest";
import { parse } from "yaml";

/** Shapes only: the step is tried beside `gauntlet verdict`, and the template in test/real with Argo's own controller. */
test("the action gives the script what it needs, and hands its outcome on", () => {
  const { inputs, outputs, runs } = parse(readFileSync("deploy/github-action/action.yml", "utf8")) as Action;
  expect(runs.using).toBe("composite");
  const [step, ...others] = runs.steps;
  expect([others, step?.shell, step?.run]).toEqual([[], "bash", 'bash "$GITHUB_ACTION_PATH/wait-for-verdict.sh"']);
  const wanted = [...readFileSync("deploy/github-action/wait-for-verdict.sh", "utf8").matchAll(/\$\{([A-Z_]+)(?::\?|:-60)/g)].map(([, name]) => name);
  expect(Object.keys(step?.env ?? {}).toSorted()).toEqual(wanted.toSorted());
  const read = Object.values(step?.env ?? {}).map((value) => /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(value)?.[1]);
  expect(read.toSorted()).toEqual(Object.keys(inputs).toSorted());
  expect(Object.values(inputs).every(({ description, required, default: given }) => description !== "" && (required === true) === (given === undefined))).toBe(true);
  expect(outputs["outcome"]?.value).toBe(`\${{ steps.${step?.id}.outputs.outcome }}`);
});

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly required?: boolean; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly { readonly id: string; readonly shell: string; readonly run: string; readonly env: Readonly<Record<string, string>> }[] };
}

test("Argo's template never takes what is held for a success, and survives an outage of an hour", () => {
  const { spec } = parse(readFileSync("deploy/argo-rollouts/analysis-template.yaml", "utf8")) as Template;
  const [metric, ...others] = spec.metrics;
  expect(others).toEqual([]);
  expect(metric).toMatchObject({ interval: "5m", count: (28 * 24 * 60) / 5, consecutiveSuccessLimit: 1, consecutiveErrorLimit: 3600 / 10 });
  expect(metric?.inconclusiveLimit).toBeLessThan(metric?.count ?? 0);
  const used = [...JSON.stringify(metric).matchAll(/\{\{args\.([a-z]+)\}\}/g)].map(([, name]) => name);
  expect(spec.args.map(({ name }) => name).toSorted()).toEqual(used.toSorted());
});

test("the guide shows the Canary that Flagger's own controller is given in test/real", () => {
  const shown = /```yaml\n(apiVersion: flagger\.app[^]*?)```/.exec(readFileSync("docs/guides/other-engines.md", "utf8"))?.[1] ?? "";
  const shipped = readFileSync("deploy/flagger/canary.yaml", "utf8");
  expect(shown).toBe(shipped.slice(shipped.indexOf("\napiVersion") + 1));
});

interface Template {
  readonly spec: { readonly args: readonly { readonly name: string }[]; readonly metrics: readonly { readonly count: number; readonly inconclusiveLimit: number }[] };
}
