import type { VersionFile } from "@gauntlet/core";

/**
 * The files of registered versions, as the registry hands them out now. Only reads, so that every call may be repeated. Failures are
 * those of Registry; `too_large` where there is more than is read.
 */
export interface VersionFiles {
  /**
   * Every file of the version, sorted by path, digested as it is read; nothing is kept of it. Where that takes long, `beat` is
   * called every few seconds, so that whoever works under a lease can keep it.
   */
  list(model: string, version: string, beat: () => Promise<void>): Promise<readonly VersionFile[]>;
  /** A small file as text; null when there is none at that path. */
  text(model: string, version: string, path: string): Promise<string | null>;
}
