import type { Problem } from "@gauntlet/core";

/**
 * Replaces `${NAME}` and `${NAME:-default}` in every text of a parsed file; `$${` stands for `${`. Works on values, not on
 * the file's text, so that no variable can add structure. A variable that is not set and has no default is a problem.
 */
export function expandVariables(value: unknown, environment: Readonly<Record<string, string | undefined>>): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  return { value: expand(value, "", { environment, problems }), problems };
}

interface Expansion {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly problems: Problem[];
}

const VARIABLE = /\$\$\{|\$\{[A-Za-z_][A-Za-z0-9_]*(?::-[^}]*)?\}/g;

function expand(value: unknown, pointer: string, expansion: Expansion): unknown {
  if (typeof value === "string") return expandText(value, pointer, expansion);
  if (Array.isArray(value)) return value.map((item, index) => expand(item, `${pointer}/${index}`, expansion));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, expansion)]));
}

function expandText(text: string, pointer: string, { environment, problems }: Expansion): string {
  return text.replaceAll(VARIABLE, (whole) => {
    if (whole === "$${") return "${";
    const [name = "", fallback] = whole.slice(2, -1).split(/:-(.*)/s, 2);
    const set = environment[name];
    // As in a shell, ":-" stands in for an empty variable too.
    if (set !== undefined && set !== "") return set;
    if (fallback === undefined) problems.push({ pointer, detail: `the environment variable ${name} is not set; set it, or write \${${name}:-default}` });
    return fallback ?? "";
  });
}
