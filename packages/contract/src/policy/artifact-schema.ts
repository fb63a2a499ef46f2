import type { AbtestPolicy, ArtifactRules } from "@gauntlet/core";
import { z } from "zod";

const relative = z
  .string()
  .max(1000)
  // oxlint-disable-next-line no-control-regex
  .refine((path) => path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !/[\\\u0000-\u001f\u007f]/.test(part)), { error: 'a path among the version\'s files, such as "model.sig"' });

/** The section `artifact` of a policy file: it may be left out, and each of its keys may. */
export const artifact = z
  .strictObject({
    digest: z
      .enum(["files", "stated"])
      .default("files")
      .describe("files: all files of the challenger are read and digested, when the rollout begins and before each step towards it; stated: its tag gauntlet.digest says it, and must be there"),
    signature: z
      .strictObject({
        file: relative.default("model.sig").describe("where the signature lies among the version's files"),
        keys: z.array(z.string().min(1)).min(1).describe("names of modelKeys in gauntlet.yaml; one of them must have signed"),
      })
      .nullable()
      .default(null)
      .describe("a signature of the files that must hold before anything is given to the challenger; null: none is asked for"),
  })
  .refine(({ digest, signature }) => signature === null || digest === "files", { error: "a signature is of files: it goes with digest: files", path: ["signature"] })
  .describe("what must be known of the challenger's artifact; left out: a digest that is stated may not change, and none is asked for");

/** The rules that the section means; a policy without it reads as it did. */
export function artifactRulesOf(file: { readonly artifact?: ArtifactRules | undefined }): Pick<AbtestPolicy, "artifact"> {
  return file.artifact === undefined ? {} : { artifact: file.artifact };
}
