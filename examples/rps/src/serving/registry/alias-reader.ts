/** What serving reads from the registry. Nothing is ever written. All throw RegistryError. */
export interface AliasReader {
  /** Which version each alias of a model points at, in one read, so that a swap is never half seen; empty for a model that isn't there. */
  aliases(name: string): Promise<ReadonlyMap<string, string>>;
  version(name: string, version: string): Promise<RegisteredModel>;
  /** The files of a version's model folder, by their paths in it. */
  files(model: RegisteredModel): Promise<ReadonlyMap<string, Uint8Array>>;
}

export interface RegisteredModel {
  readonly name: string;
  readonly version: string;
  /** 32 hex digits. */
  readonly runId: string;
  /** Where its files are: `mlflow-artifacts:/…`. */
  readonly source: string;
  /** From the version's tag `gauntlet.digest`; null when it has none. */
  readonly digest: string | null;
}

/** The registry was not reached, or has no such thing. */
export class RegistryError extends Error {
  readonly kind: "unreachable" | "refused";

  constructor(kind: RegistryError["kind"], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "RegistryError";
    this.kind = kind;
  }
}
