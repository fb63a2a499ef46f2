import type { Flags } from "./assignment/flags.ts";
import type { Audit } from "./audit/audit.ts";
import type { Authenticator, Principal } from "./auth/authenticate.ts";
import type { Composition } from "./compose.ts";
import type { Config } from "./config/config.ts";
import type { EventIntake } from "./ingestion/event-intake.ts";
import type { Log } from "./log.ts";
import type { ControllerLoop } from "./loop/controller-loop.ts";
import type { EventHub } from "./loop/event-hub.ts";
import type { LedgerGuard } from "./loop/ledger-guard.ts";
import type { ReconcileLoop } from "./loop/reconcile-loop.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { NodeSync } from "./sync/node-sync.ts";

/** What the routes of one server work with. */
export interface Services extends Composition {
  readonly config: Config;
  readonly audit: Audit;
  readonly guard: LedgerGuard;
  readonly loop: ControllerLoop;
  readonly events: EventHub;
  readonly flags: Flags;
  readonly intake: EventIntake;
  readonly sync: NodeSync;
  readonly reconciling: ReconcileLoop;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
  readonly log: Log;
  /** The built console; null when there is none. */
  readonly consoleDir: string | null;
}

/** What the guard of a route leaves for its handler. */
export interface Variables {
  readonly principal: Principal | null;
}
