import { isoTime } from "../digest/iso-time.ts";

const NAME_MAX = 255;

/** What a candidate is called: by the version of its policy, not by that of its model. */
export function candidateName(policyVersion: number): string {
  return `candidate_v${policyVersion}`;
}

/** What an archived variant is called: `<name>_archived_<YYYYMMDDTHHMMSSZ>`, once, the name cut so that it fits. */
export function archivedName(name: string, at: number): string {
  if (/_archived_\d{8}T\d{6}Z$/.test(name)) return name;
  const suffix = `_archived_${isoTime(at).replaceAll(/[-:]|\.\d+/g, "")}`;
  return `${[...name].slice(0, NAME_MAX - suffix.length).join("")}${suffix}`;
}

/** What is wrong with the name of an experiment or variant; null when it can be used in paths, metrics and flags. */
export function nameProblem(name: string): string | null {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && name.length <= NAME_MAX) return null;
  return `the name "${name.slice(0, 100)}" is not 1–${NAME_MAX} letters, digits, ".", "_" or "-", beginning with a letter or digit`;
}
