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
