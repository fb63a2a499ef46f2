import { errorResponse } from "./problem.ts";

/**
 * A refusal of a target that has "." or ".." in its path as it came over the wire, encoded or not; else null. A URL
 * resolves them before anybody can look, so that a file would be written outside its run and be said to be in it.
 */
export function refuseClimbing(target: string | undefined): Response | null {
  const path = target?.split(/[?#]/, 1)[0] ?? "";
  return /[/\\](?:\.|%2e){1,2}(?=[/\\]|$)/i.test(path) ? errorResponse(400, "INVALID_PARAMETER_VALUE", "Invalid path") : null;
}
