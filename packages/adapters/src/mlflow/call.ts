export interface MlflowOptions {
  /** Where the server is, with any path prefix: "https://mlflow.example.org/tracking". */
  readonly url: string;
  readonly token?: string;
  readonly basic?: { readonly user: string; readonly password: string };
  /** For one attempt, its answer included. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** The embedded registry's `fetch` calls it in process, without a socket. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Waits between attempts; a test passes its own. */
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface MlflowCall {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
  /** Below the server's address: "/api/2.0/mlflow/runs/get". */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  /** Done twice is done once: only then is it tried again after a failure that may hide a success. */
  readonly idempotent: boolean;
}
