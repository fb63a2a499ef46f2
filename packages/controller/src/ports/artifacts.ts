/** Files of a registry run. `write` replaces; failures are those of Registry. Paths are relative, with "/", no "..". */
export interface Artifacts {
  write(runId: string, path: string, content: string): Promise<void>;
  /** null when there is no such file. */
  read(runId: string, path: string): Promise<string | null>;
}
