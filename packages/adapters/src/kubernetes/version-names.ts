import { Failure } from "@gauntlet/core";

/** How versions are called where they are served: a template with `{version}`, and names of their own for some. */
export interface VersionNames {
  readonly template: string;
  readonly named: Readonly<Record<string, string>>;
}

export function nameOf({ template, named }: VersionNames, version: string): string {
  return (Object.hasOwn(named, version) ? named[version] : undefined) ?? template.replaceAll("{version}", version);
}

/** The version that a name means; null when it means none. */
export function versionOf({ template, named }: VersionNames, name: string): string | null {
  const own = Object.entries(named).find(([, known]) => known === name)?.[0];
  if (own !== undefined) return own;
  const [before = "", ...after] = template.split("{version}");
  const [rest = ""] = after;
  if (after.length !== 1 || !name.startsWith(before) || !name.endsWith(rest)) return null;
  const version = name.slice(before.length, name.length - rest.length);
  return version !== "" && !Object.hasOwn(named, version) ? version : null;
}

/** @throws Failure `invalid_input` unless `{version}` stands in it once. */
export function requireTemplate({ template }: VersionNames): void {
  if (template.split("{version}").length === 2) return;
  throw new Failure("invalid_input", `"${template}" doesn't say where the version stands`, { fix: "write {version} once, as in fraud-v{version}" });
}
