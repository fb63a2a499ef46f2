import type { Command } from "commander";

import type { Launch } from "../main.ts";
import { registerRatingsDrift } from "./ratings-drift.ts";
import { registerRatingsFit } from "./ratings-fit.ts";
import { registerRatingsImport } from "./ratings-import.ts";
import { registerRatingsServe } from "./ratings-serve.ts";

export function registerRatings(program: Command, launch: Launch): void {
  const ratings = program.command("ratings").description("Ratings from files of matches: NDJSON, or SQLite as rating services and reconcilers write it");
  for (const register of [registerRatingsImport, registerRatingsFit, registerRatingsDrift, registerRatingsServe]) register(ratings, launch);
}
