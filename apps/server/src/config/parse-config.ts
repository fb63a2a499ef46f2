import { Failure, nearest, type Problem } from "@gauntlet/core";
import { LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";

import { configFile, type Config } from "./config.ts";
import { sourceProblems } from "../sources/open-sources.ts";
import { targetProblems } from "../targets/open-targets.ts";
import { expandVariables } from "./expand-variables.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the text of a `gauntlet.yaml`. `source` is named in errors.
 * @throws Failure `invalid_input` with every problem at once, each with its line; unknown keys are problems too.
 */
export function parseConfig(text: string, source: string, environment: Environment): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: "core", strict: true, uniqueKeys: true, customTags: [] });
  const place = { document, lines };
  const syntax = [...document.errors, ...document.warnings].map((error) => ({ pointer: "", detail: error.message.split("\n", 1)[0] ?? "malformed YAML" }));
  if (syntax.length > 0) throw invalid(source, syntax);
  const expanded = expandVariables(document.toJS({ maxAliasCount: 0 }) ?? {}, environment);
  if (expanded.problems.length > 0) throw invalid(source, expanded.problems.map((problem) => located(problem, place)));
  const parsed = configFile.safeParse(expanded.value);
  if (!parsed.success) throw invalid(source, parsed.error.issues.flatMap((issue) => problemsOf(issue, place)));
  const misfits = [...sourceProblems(parsed.data), ...targetProblems(parsed.data)];
  if (misfits.length > 0) throw invalid(source, misfits.map((problem) => located(problem, place)));
  return parsed.data;
}

interface Place {
  readonly document: Document;
  readonly lines: LineCounter;
}

function problemsOf(issue: z.core.$ZodIssue, place: Place): readonly Problem[] {
  if (issue.code !== "unrecognized_keys") return [located({ pointer: pointerOf(issue.path), detail: issue.message }, place)];
  const known = knownKeys(issue.path);
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const hint = meant === null ? `; known: ${known.join(", ")}` : `; did you mean "${meant}"?`;
    return located({ pointer: pointerOf([...issue.path, key]), detail: `unknown key "${key}"${hint}` }, place);
  });
}

/** The keys the schema knows at a path, over all members of a union. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schemas: readonly unknown[] = [configFile];
  for (const step of path) schemas = schemas.flatMap(members).flatMap((schema) => shapeOf(schema)[String(step)] ?? elementOf(schema) ?? []);
  return [...new Set(schemas.flatMap(members).flatMap((schema) => Object.keys(shapeOf(schema))))];
}

/** Through defaults and unions to the objects inside. */
function members(schema: unknown): unknown[] {
  const { def } = schema as { def?: { innerType?: unknown; options?: unknown[] } };
  if (def?.options !== undefined) return def.options.flatMap(members);
  return def?.innerType === undefined ? [schema] : members(def.innerType);
}

/** Of a list, what it lists; of a map by name, what it holds. */
function elementOf(schema: unknown): unknown {
  const { element, valueType } = (schema as { def?: { element?: unknown; valueType?: unknown } }).def ?? {};
  return element ?? valueType;
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  return (schema as { def?: { shape?: Record<string, unknown> } }).def?.shape ?? {};
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
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
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new Failure("invalid_input", `${source} is no valid configuration: ${first?.pointer ?? ""} ${first?.detail ?? ""}${more}`, {
    problems,
    fix: `mend ${source} where it says; \`gauntlet config validate ${source}\` checks it without doing anything`,
  });
}
