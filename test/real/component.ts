import type { Processes } from "./processes.ts";

/** A real system that we are tried against. One file in components/ each; main.ts finds it by itself. */
export interface Component {
  readonly name: string;
  /** Under CI=true a required component may not be skipped. */
  readonly required: boolean;
  /** Throws to fail. What it starts through `context.processes` is stopped for it. */
  run(context: Context): Promise<Result>;
}

export type Result =
  /** `version` of the real system, and in `note` what was counted. */
  | { readonly kind: "passed"; readonly version: string; readonly note: string }
  /** Something that this machine doesn't have. */
  | { readonly kind: "skipped"; readonly version: string; readonly why: string };

export interface Context {
  /** Survives runs: what is installed or built goes here, never into the repository. */
  readonly cacheDir: string;
  /** Removed at the end. */
  readonly workDir: string;
  readonly processes: Processes;
  /** To the person who waits, on stderr. */
  log(text: string): void;
  /** Made at the first call and shared by the components of this run, as a server is that takes long to start. */
  once<T>(key: string, make: () => Promise<T>): Promise<T>;
}
