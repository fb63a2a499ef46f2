/** What must be known of a challenger's artifact before it gets traffic or a name. */
export interface ArtifactRules {
  /** stated: its registry entry has a digest. files: its files are read and digested here, when the rollout begins and before each step. */
  readonly digest: "stated" | "files";
  /** null: none is asked for. Only with `digest: files`. */
  readonly signature: SignatureRule | null;
}

export interface SignatureRule {
  /** Where the signature lies among the version's files. */
  readonly file: string;
  /** Names of keys in the configuration; one of them must have signed. */
  readonly keys: readonly string[];
}
