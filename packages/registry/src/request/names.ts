import { missing } from "./fields.ts";
import { invalid } from "./problem.ts";

/** Names of tags, parameters and metrics: MLflow may keep them as files, so they must be plain paths. */
export function checkKey(key: string, path: string): void {
  if (!/^[/\p{L}\p{N}_.\- :]*$/u.test(key)) {
    throw invalid(
      `Invalid value ${pythonJson(key)} for parameter '${path}' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    );
  }
  checkPlainPath(key, path);
}

export function checkModelName(name: string): void {
  if (name.trim() === "") throw invalid("Missing value for required parameter 'name'.");
  if (/[/:]/.test(name)) throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  checkPlainPath(name, "name");
}

/** The shape an alias may have when it is read or removed. */
export function checkAlias(alias: string): void {
  if (!/^[\p{L}\p{N}_-]+$/u.test(alias)) {
    throw invalid(`Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`);
  }
  checkLength("Registered model alias name", 255, alias);
}

/** Names that would mean something else in `models:/name@alias`. */
export function checkAliasIsFree(alias: string): void {
  if (alias.toLowerCase() === "latest") throw invalid("'latest' alias name (case insensitive) is reserved.");
  if (/^[vV]\p{Nd}+$/u.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`);
}

export function parseVersion(version: string): number {
  const text = version.trim();
  if (!/^[+-]?\d{1,15}$/.test(text)) throw invalid(`Parameter 'version' must be an integer, got '${version}'.`);
  return Number(text);
}

export function parseExperimentId(id: string): number {
  if (!/^\d{1,15}$/.test(id)) throw invalid(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`);
  return Number(id);
}

/** `limit` counts characters, not UTF-16 units. */
export function checkLength(what: string, limit: number, value: string): void {
  if (value.length > limit && [...value].length > limit) throw invalid(`'${what}' exceeds the maximum length of ${limit} characters`);
}

export function required(name: string, value: string | undefined): string {
  if (value === undefined || value === "") throw missing(name);
  return value;
}

function checkPlainPath(name: string, path: string): void {
  const normal = normalPath(name);
  if (normal === name && normal !== "." && !normal.startsWith("..") && !normal.startsWith("/")) return;
  throw invalid(
    `Invalid value ${pythonJson(name)} for parameter '${path}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normal}'`,
  );
}

/** What a POSIX system makes of a path; "" is ".". */
function normalPath(path: string): string {
  const root = path.startsWith("/") ? "/" : "";
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && (parts.length > 0 ? parts.at(-1) !== ".." : root !== "")) parts.pop();
    else parts.push(part);
  }
  const joined = root + parts.join("/");
  return joined === "" ? "." : joined;
}

/** As Python writes it: beyond ASCII escaped, one UTF-16 unit at a time. */
function pythonJson(text: string): string {
  return JSON.stringify(text).replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
