import { FAILURES } from "@gauntlet/core";

import { code, page, table } from "./markdown.ts";

export function errorsPage(): string {
  const rows = Object.entries(FAILURES).map(([name, { status, retryable, meaning }]) => [code(name), String(status), retryable ? "yes" : "no", meaning]);
  return page("Errors", [
    "Every error has a code, says what is wrong and where, and says how to mend it. The API answers `application/problem+json` (RFC 9457) with `code`, `detail`, `fix` and `errors`, each of which has a JSON pointer. The command line prints the same on standard error, as JSON with `--json`, and exits 1.",
    "Retryable: the same call may succeed later without anything else being changed. An answer with status 503 carries `Retry-After`.",
    table(["code", "status", "retryable", "meaning"], rows),
  ]);
}
