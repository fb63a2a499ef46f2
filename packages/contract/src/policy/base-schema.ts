import type { AbtestPolicy } from "@gauntlet/core";
import { z } from "zod";

/** What policy files of every kind say alike. */
export const effects = z
  .array(z.enum(["registry.alias", "registry.tag", "registry.stage", "traffic", "document"]))
  .default(["registry.alias", "registry.tag", "traffic", "document"])
  .describe("what a decision changes");

export const signatures = {
  by: z.number().int().min(1).max(20).describe("how many people must sign the decision"),
  notBy: z.array(z.string().min(1)).default([]).describe("who may not sign, for example the author of the model"),
};

export const onForeignMove = z
  .enum(["hold", "revert"])
  .default("hold")
  .describe("when somebody else moves an alias. hold: it is shown, nothing is promoted meanwhile, and a person decides; revert: it is set back, at most three times under one plan");

/** What is the default is left out, so that a policy of before reads as it did. */
export function foreignMoveOf(file: { readonly onForeignMove: "hold" | "revert" }): Pick<AbtestPolicy, "onForeignMove"> {
  return file.onForeignMove === "hold" ? {} : { onForeignMove: file.onForeignMove };
}
