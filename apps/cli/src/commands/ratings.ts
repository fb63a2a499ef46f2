import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { registerRatingsConflicts } from "./ratings-conflicts.ts";
import { registerRatingsDrift } from "./ratings-drift.ts";
import { registerRatingsExport } from "./ratings-export.ts";
import { registerRatingsFit } from "./ratings-fit.ts";
import { registerRatingsImport } from "./ratings-import.ts";
import { registerRatingsPurge } from "./ratings-purge.ts";
import { registerRatingsResolve } from "./ratings-resolve.ts";
import { registerRatingsServe } from "./ratings-serve.ts";
import { registerRatingsStatus } from "./ratings-status.ts";

export function registerRatings(program: Command, launch: Launch): void {
  const ratings = program.command("ratings").description("Ratings from matches: in files, NDJSON or SQLite as rating services and reconcilers write it, and in the ledger");
  for (const register of [registerRatingsImport, registerRatingsFit, registerRatingsDrift, registerRatingsServe, registerRatingsExport, registerRatingsStatus, registerRatingsConflicts, registerRatingsResolve, registerRatingsPurge]) register(ratings, launch);
}
