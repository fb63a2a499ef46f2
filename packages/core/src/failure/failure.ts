export type FailureCode =
  | "invalid_input"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "epoch_conflict"
  | "in_flight"
  | "too_large"
  | "unsupported_media_type"
  | "rate_limited"
  | "idempotency_mismatch"
  | "policy_invalid"
  | "unknown_version"
  | "ledger_corrupt"
  | "ledger_conflict"
  | "fenced"
  | "stale_epoch"
  | "foreign_move"
  | "artifact_changed"
  | "read_back_mismatch"
  | "registry_unavailable"
  | "registry_refused"
  | "traffic_unavailable"
  | "traffic_refused"
  | "answer_failed"
  | "answer_timeout"
  | "store_unavailable"
  | "peer_unavailable"
  | "evidence_unavailable"
  | "data_dir_in_use"
  | "internal";

/**
 * Every error a person may meet. `status` is the HTTP status of the API, `retryable` says whether the
 * same call may succeed later without anything else being changed.
 */
export const FAILURES: Readonly<Record<FailureCode, { readonly status: number; readonly retryable: boolean; readonly meaning: string }>> = {
  invalid_input: { status: 400, retryable: false, meaning: "the call, a file or an option is malformed; every place is named" },
  unauthorized: { status: 401, retryable: false, meaning: "there is no token, or one that is unknown or revoked" },
  forbidden: { status: 403, retryable: false, meaning: "the token's role does not allow the call" },
  not_found: { status: 404, retryable: false, meaning: "there is no such model, decision, token, file or path" },
  conflict: { status: 409, retryable: false, meaning: "it does not fit the state as it is now, for example a second rollout beside a running one" },
  epoch_conflict: { status: 409, retryable: false, meaning: "another allocation took this epoch first" },
  in_flight: { status: 409, retryable: true, meaning: "a call with the same Idempotency-Key is still under way" },
  too_large: { status: 413, retryable: false, meaning: "the body or the batch is larger than is taken" },
  unsupported_media_type: { status: 415, retryable: false, meaning: "the body is in a format that is not read here" },
  rate_limited: { status: 429, retryable: true, meaning: "a unit or a key sent more in a minute than is taken" },
  idempotency_mismatch: { status: 422, retryable: false, meaning: "the Idempotency-Key was used for another call or another content" },
  policy_invalid: { status: 422, retryable: false, meaning: "the policy file is not valid; every place is named" },
  unknown_version: { status: 422, retryable: false, meaning: "a version is not in the registry, or did not serve in that epoch" },
  ledger_corrupt: { status: 500, retryable: false, meaning: "a chain does not verify; nothing is decided or changed until it is restored" },
  ledger_conflict: { status: 409, retryable: true, meaning: "another controller wrote first; the next tick sees what it wrote" },
  fenced: { status: 409, retryable: true, meaning: "another controller has the lease of the model now" },
  stale_epoch: { status: 409, retryable: false, meaning: "a newer allocation is in force; this one must not be written over it" },
  foreign_move: { status: 409, retryable: false, meaning: "somebody else moved an alias" },
  artifact_changed: { status: 409, retryable: false, meaning: "a version's artifact is not the one that was tested" },
  read_back_mismatch: { status: 502, retryable: true, meaning: "what was written does not read back as it was written" },
  registry_unavailable: { status: 503, retryable: true, meaning: "the registry does not answer" },
  registry_refused: { status: 502, retryable: false, meaning: "the registry answered, and refused" },
  traffic_unavailable: { status: 503, retryable: true, meaning: "what splits the traffic does not answer, or has no allocation" },
  traffic_refused: { status: 502, retryable: false, meaning: "what splits the traffic answered, and refused, or can't split as it is set up" },
  answer_failed: { status: 502, retryable: true, meaning: "the version that had to answer failed" },
  answer_timeout: { status: 504, retryable: true, meaning: "the version that had to answer did not do so in time" },
  evidence_unavailable: { status: 503, retryable: true, meaning: "a source of evidence does not answer, or its answer is empty, stale or ambiguous" },
  store_unavailable: { status: 503, retryable: true, meaning: "the store does not answer" },
  peer_unavailable: { status: 503, retryable: true, meaning: "another node can't be reached, does not answer in time, or ended in the middle of a session" },
  data_dir_in_use: { status: 503, retryable: true, meaning: "another process uses the data directory" },
  internal: { status: 500, retryable: false, meaning: "a fault in Gauntlet; the server's log says more" },
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
  /** After so long the same call may succeed, where that is known. */
  readonly retryAfterMs: number | null;

  constructor(
    code: FailureCode,
    message: string,
    more: { readonly fix?: string; readonly problems?: readonly Problem[]; readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "Failure";
    this.code = code;
    this.fix = more.fix ?? null;
    this.problems = more.problems ?? [];
    this.retryAfterMs = more.retryAfterMs ?? null;
  }

  get status(): number {
    return FAILURES[this.code].status;
  }

  get retryable(): boolean {
    return FAILURES[this.code].retryable;
  }
}
