import type { MatchLedger } from "./matches/match-ledger.ts";
import type { Artifacts } from "./ports/artifacts.ts";
import type { Clock } from "./ports/clock.ts";
import type { EvidenceSource } from "./ports/evidence-source.ts";
import type { Registry } from "./ports/registry.ts";
import type { SignatureOpener } from "./ports/signature-opener.ts";
import type { Signer } from "./ports/signer.ts";
import type { Store } from "./ports/store.ts";
import type { TrafficTarget } from "./ports/traffic-target.ts";
import type { VersionFiles } from "./ports/version-files.ts";

/** What the steps of the controller work with. Made once, by the composition of the process. */
export interface Controller {
  readonly store: Store;
  readonly registry: Registry;
  readonly artifacts: Artifacts;
  readonly traffic: TrafficTarget;
  /** Where evidence comes from beside outcomes, by the names that policies use. Left out: nowhere. */
  readonly sources?: ReadonlyMap<string, EvidenceSource>;
  /** Where matches are, opened at its first use; left out: there are none, and nothing is rated. */
  readonly matches?: () => Promise<MatchLedger>;
  /** Vouches for documents; left out: they are written unsigned, and say so. */
  readonly signer?: Signer;
  /** The files of registered versions; left out: a policy that asks for them is refused. */
  readonly versionFiles?: VersionFiles;
  /** Whose signatures of models count; left out: nobody's. */
  readonly modelKeys?: SignatureOpener;
  readonly clock: Clock;
  /** Names this process among all controllers, for leases; unique per start. */
  readonly holder: string;
  /** How long a controller may work on a model before another may take over. Longer than any port call takes. */
  readonly leaseMs: number;
}
