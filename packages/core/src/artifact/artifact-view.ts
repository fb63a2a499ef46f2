/** The challenger's files, as they were read for one decision. */
export interface ArtifactView {
  /** See `filesDigest`; of every file but the signature. */
  readonly digest: string;
  /** How many, and how large together. */
  readonly files: number;
  readonly bytes: number;
  /** Left out where the policy asks for none. */
  readonly signature?: SignatureView;
}

/** What was found of a signature that a policy asks for. */
export type SignatureView =
  /** By a key that the policy names, and of these very files. `key` is its name in the configuration. */
  | { readonly kind: "valid"; readonly key: string; readonly keyId: string }
  | { readonly kind: "invalid"; readonly why: SignatureProblem; readonly detail: string };

/** missing: no file; malformed: not what is read here; key: by no key that is trusted; files: of other files than these. */
export type SignatureProblem = "missing" | "malformed" | "key" | "files";
