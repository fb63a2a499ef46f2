export type FailureCode =
  | "invalid_input"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "epoch_conflict"
  | "in_flight"
  | "too_large"
  | "idempotency_mismatch"
  | "policy_invalid"
  | "unknown_version"
  | "ledger_corrupt"
  | "ledger_conflict"
  | "fenced"
  | "stale_epoch"
  | "foreign_move"
  | "read_back_mismatch"
  | "registry_unavailable"
  | "registry_refused"
  | "traffic_unavailable"
  | "answer_failed"
  | "answer_timeout"
  | "store_unavailable"
  | "data_dir_in_use"
  | "internal";

/**
 * Every error a person may meet. `status` is the HTTP status of the API, `retryable` says whether the
 * same call may succeed later without anything else being changed.
 */
export const FAILURES: Readonly<Record<FailureCode, { readonly status: number; readonly retryable: boolean }>> = {
  invalid_input: { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  not_found: { status: 404, retryable: false },
  conflict: { status: 409, retryable: false },
  epoch_conflict: { status: 409, retryable: false },
  in_flight: { status: 409, retryable: true },
  too_large: { status: 413, retryable: false },
  idempotency_mismatch: { status: 422, retryable: false },
  policy_invalid: { status: 422, retryable: false },
  unknown_version: { status: 422, retryable: false },
  ledger_corrupt: { status: 500, retryable: false },
  ledger_conflict: { status: 409, retryable: true },
  fenced: { status: 409, retryable: true },
  stale_epoch: { status: 409, retryable: false },
  foreign_move: { status: 409, retryable: false },
  read_back_mismatch: { status: 502, retryable: true },
  registry_unavailable: { status: 503, retryable: true },
  registry_refused: { status: 502, retryable: false },
  traffic_unavailable: { status: 503, retryable: true },
  answer_failed: { status: 502, retryable: true },
  answer_timeout: { status: 504, retryable: true },
  store_unavailable: { status: 503, retryable: true },
  data_dir_in_use: { status: 503, retryable: true },
  internal: { status: 500, retryable: false },
};

/** One place in the input that is wrong. `pointer` is an RFC 6901 JSON pointer. */
export interface Problem {
  readonly pointer: string;
  readonly detail: string;
}

/** The one error class: what happened (`message`), where (`problems`), and how to mend it (`fix`). */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly fix: string | null;
  readonly problems: readonly Problem[];

  constructor(
    code: FailureCode,
    message: string,
    more: { readonly fix?: string; readonly problems?: readonly Problem[]; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "Failure";
    this.code = code;
    this.fix = more.fix ?? null;
    this.problems = more.problems ?? [];
  }

  get status(): number {
    return FAILURES[this.code].status;
  }

  get retryable(): boolean {
    return FAILURES[this.code].retryable;
  }
}
