import type { SignatureProblem, SignedFiles } from "@gauntlet/core";

/** The keys whose signatures of models count, by name. Computes only; never throws for what it is given. */
export interface SignatureOpener {
  readonly names: readonly string[];
  /** What the signature file says, if one of the keys signed it. */
  open(text: string, keys: readonly string[]): OpenedSignature;
}

export type OpenedSignature =
  | { readonly kind: "opened"; readonly key: string; readonly keyId: string; readonly signed: SignedFiles }
  | { readonly kind: "refused"; readonly why: Extract<SignatureProblem, "malformed" | "key">; readonly detail: string };
