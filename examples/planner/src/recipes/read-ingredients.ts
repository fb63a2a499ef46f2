import { readFileSync } from "node:fs";

import { parse } from "yaml";
import { z } from "zod";

import type { Ingredient } from "./recipe.ts";

const ingredients = z.array(
  z.strictObject({
    name: z.string(),
    kind: z.enum(["protein", "base", "vegetable", "flavour"]),
    tags: z.array(z.enum(["meat", "pork", "fish", "shellfish", "dairy", "egg", "gluten", "nuts", "soy", "alcohol"])),
    perishable: z.boolean(),
  }),
);

/** `ingredients.yaml`. @throws ZodError when it is malformed. */
export function readIngredients(): readonly Ingredient[] {
  return ingredients.parse(parse(readFileSync(new URL("../../ingredients.yaml", import.meta.url), "utf8")));
}
