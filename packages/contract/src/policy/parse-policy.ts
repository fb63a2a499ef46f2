import { Failure, nearest, watchedRules, type AbtestPolicy, type Policy, type Problem } from "@gauntlet/core";
import { LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";

import { artifactRulesOf } from "./artifact-schema.ts";
import { foreignMoveOf } from "./base-schema.ts";
import { checkRuleOf } from "./check-schema.ts";
import { healthRulesOf } from "./health-schema.ts";
import { monitorRulesOf } from "./monitor-schema.ts";
import { policyProblems } from "./policy-problems.ts";
import { abtestFile, type AbtestFile } from "./policy-schema.ts";
import { rampPolicyOf } from "./ramp-policy.ts";
import { rampProblems } from "./ramp-problems.ts";
import { rampFile } from "./ramp-schema.ts";
import { ratingPolicyOf } from "./rating-policy.ts";
import { ratingProblems } from "./rating-problems.ts";
import { ratingFile } from "./rating-schema.ts";
import { slotsPolicyOf } from "./slots-policy.ts";
import { slotsProblems } from "./slots-problems.ts";
import { slotsFile } from "./slots-schema.ts";

/**
 * Reads a policy file. `source` is named in errors, for example the file's path.
 * @throws Failure `policy_invalid` with every problem at once, each with its place; unknown keys are problems too.
 */
export function parsePolicy(text: string, source: string): Policy {
  const lines = new LineCounter();
  // Only plain YAML: a tag such as !!js/function is an error, never code.
  const document = parseDocument(text, { lineCounter: lines, schema: "core", strict: true, uniqueKeys: true, customTags: [] });
  const place: Place = { document, lines };
  const syntax = [...document.errors, ...document.warnings].map((error) => ({ pointer: "", detail: error.message.split("\n", 1)[0] ?? "malformed YAML" }));
  if (syntax.length > 0) throw invalid(source, syntax);
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  const { policy, problems } = READERS[kindOf(value, source)](value, { document, lines, source });
  const all = [...problems, ...monitorProblems(policy), ...foreignMoveProblems(policy)];
  if (all.length > 0) throw invalid(source, all.map((problem) => located(problem, place)));
  return policy;
}

function monitorProblems(policy: Policy): readonly Problem[] {
  if (policy.monitor === undefined || policy.kind === "rating" || watchedRules(policy).length > 0) return [];
  return [{ pointer: "/monitor", detail: "would see nothing: no check or harm rule has evidence after a promotion. Add one of a rate, a mean, a ratio or a quantile" }];
}

function foreignMoveProblems({ onForeignMove, effects }: Policy): readonly Problem[] {
  if (onForeignMove === undefined || effects.includes("registry.alias")) return [];
  return [{ pointer: "/onForeignMove", detail: "sets aliases back, and registry.alias is not among the effects: name it there, or leave this out" }];
}

interface Place {
  readonly document: Document;
  readonly lines: LineCounter;
}

interface Read {
  readonly policy: Policy;
  readonly problems: readonly Problem[];
}

const READERS: Readonly<Record<Policy["kind"], (value: unknown, place: Place & { readonly source: string }) => Read>> = {
  abtest: (value, place) => {
    const policy = abtestPolicy(shaped(abtestFile, value, place));
    return { policy, problems: policyProblems(policy) };
  },
  ramp: (value, place) => {
    const file = shaped(rampFile, value, place);
    const policy = rampPolicyOf(file);
    return { policy, problems: rampProblems(policy, file) };
  },
  rating: (value, place) => {
    const policy = ratingPolicyOf(shaped(ratingFile, value, place));
    return { policy, problems: ratingProblems(policy) };
  },
  slots: (value, place) => {
    const policy = slotsPolicyOf(shaped(slotsFile, value, place));
    return { policy, problems: slotsProblems(policy) };
  },
};

function shaped<S extends z.ZodType>(schema: S, value: unknown, place: Place & { readonly source: string }): z.output<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(place.source, parsed.error.issues.flatMap((issue) => problemsOf(issue, schema, place)));
  return parsed.data;
}

const KINDS = ["abtest", "ramp", "rating", "slots"] as const satisfies readonly Policy["kind"][];

function kindOf(value: unknown, source: string): Policy["kind"] {
  const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  if (kind === undefined) throw invalid(source, [{ pointer: "/kind", detail: `a policy needs a kind: ${KINDS.join(", ")}` }]);
  const known = KINDS.find((one) => one === kind);
  if (known === undefined) throw invalid(source, [{ pointer: "/kind", detail: `${JSON.stringify(kind)} is not a kind of policy; known: ${KINDS.join(", ")}` }]);
  return known;
}

function abtestPolicy(file: AbtestFile): AbtestPolicy {
  return {
    kind: "abtest",
    name: file.name,
    model: file.model,
    mode: file.mode,
    metrics: file.metrics,
    bucketMs: file.bucket,
    approval: file.approval,
    effects: file.effects,
    impact: file.impact,
    ...(file.health === undefined ? {} : { health: healthRulesOf(file.health) }),
    ...(file.monitor === undefined ? {} : { monitor: monitorRulesOf(file.monitor, file) }),
    ...(file.sources === undefined ? {} : { sources: file.sources }),
    ...artifactRulesOf(file),
    ...foreignMoveOf(file),
    split: file.split,
    shadow: file.shadow,
    monitoring: file.monitoring,
    spending: file.spending,
    window: { minMs: file.window.min, maxMs: file.window.max },
    ...(file.watch === undefined ? {} : { watchMs: file.watch }),
    labels: { maturityMs: file.labels.maturity, coverageMin: file.labels.coverage, coverageGapMax: file.labels.coverageGap },
    minSamples: file.minSamples,
    alpha: file.alpha,
    srmAlpha: file.srmAlpha,
    checks: file.checks.map((check) => checkRuleOf(check, file.metrics)),
    harm: file.harm.map(({ check, ...rule }) => ({ kind: check, ...rule }) as AbtestPolicy["harm"][number]),
  };
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, place: Place): readonly Problem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      return located({ pointer: pointerOf([...path, key]), detail: `unknown key "${key}"${meant === null ? `; known: ${known.join(", ")}` : `; did you mean "${meant}"?`}` }, place);
    });
  }
  return [located({ pointer: pointerOf(path), detail: issue.message }, place)];
}

/** The keys a schema knows at a path, over all members of a union. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let schemas: unknown[] = [schema];
  for (const step of path) schemas = schemas.flatMap((one) => childrenOf(one, step));
  return [...new Set(schemas.flatMap(unwrapped).flatMap((schema) => Object.keys(shapeOf(schema))))];
}

function childrenOf(schema: unknown, step: PropertyKey): unknown[] {
  return unwrapped(schema).flatMap((inner) => {
    const element = (inner as { def?: { element?: unknown } }).def?.element;
    const child = typeof step === "number" ? element : shapeOf(inner)[String(step)];
    return child === undefined ? [] : [child];
  });
}

/** Through defaults, nullables and unions to the objects and arrays inside. */
function unwrapped(schema: unknown): unknown[] {
  const def = (schema as { def?: { innerType?: unknown; options?: unknown[] } }).def;
  if (def?.options !== undefined) return def.options.flatMap(unwrapped);
  return def?.innerType === undefined ? [schema] : unwrapped(def.innerType);
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  return (schema as { def?: { shape?: Record<string, unknown> } }).def?.shape ?? {};
}

function pointerOf(path: readonly string[]): string {
  return path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Adds the line, found by walking to the nearest node that exists. */
function located(problem: Problem, { document, lines }: Place): Problem {
  const path = problem.pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly [number, number, number] } | undefined;
    if (node?.range !== undefined) return { ...problem, detail: `line ${lines.linePos(node.range[0]).line}: ${problem.detail}` };
  }
  return problem;
}

function invalid(source: string, problems: readonly Problem[]): Failure {
  const first = problems[0];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new Failure("policy_invalid", `${source} is no valid policy: ${first?.pointer ?? ""} ${first?.detail ?? ""}${more}`, {
    problems,
    fix: `mend ${source} where it says, then try again; \`gauntlet config validate ${source}\` checks it without doing anything`,
  });
}
