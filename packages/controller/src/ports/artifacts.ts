/** Files of a registry run. `write` replaces; failures are those of Registry. Paths are relative, with "/", no "..". */
export interface Artifacts {
  write(runId: string, path: string, content: string): Promise<void>;
  /** null when there is no such file. */
  read(runId: string, path: string): Promise<string | null>;
  /** SHA-256 of the file's bytes, 64 hex digits; null when there is no such file. */
  digest(runId: string, path: string): Promise<string | null>;
}
