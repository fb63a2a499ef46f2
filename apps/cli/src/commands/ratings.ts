import type { Command } from "commander";

import type { Launch } from "../main.ts";
import { registerRatingsDrift } from "./ratings-drift.ts";
import { registerRatingsFit } from "./ratings-fit.ts";
import { registerRatingsImport } from "./ratings-import.ts";

export function registerRatings(program: Command, launch: Launch): void {
  const ratings = program.command("ratings").description("Ratings from files of matches: NDJSON, or SQLite as rating services and reconcilers write it");
  for (const register of [registerRatingsImport, registerRatingsFit, registerRatingsDrift]) register(ratings, launch);
}
