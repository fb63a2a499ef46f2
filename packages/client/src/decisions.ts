import type { DecisionDetail, FailureAnalysisReport, LedgerPage, LedgerVerification, SigningKey, VerdictReport } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";
import type { LedgerEntry } from "@gauntlet/core";

import type { CallOptions, Connection } from "./connection.ts";
import { query, read } from "./read.ts";

export interface Decisions {
  /** One decision with the ledger entry it was made in. @throws Failure `not_found` */
  get(id: string, options?: CallOptions): Promise<DecisionDetail>;
  /** The decision document, as text. */
  document(id: string, format?: "md" | "yaml", options?: CallOptions): Promise<string>;
  /** The public key of signed documents. @throws Failure `not_found` when they are not signed. */
  signingKey(options?: CallOptions): Promise<SigningKey>;
  /** Where the newest rollout stands. @throws Failure `conflict` when it is about another version than `challenger` */
  verdict(model: string, challenger?: string, options?: CallOptions): Promise<VerdictReport>;
  /** Why a rollout ended as it did; left out: the newest. @throws Failure `not_found` */
  analysis(model: string, rollout?: string, options?: CallOptions): Promise<FailureAnalysisReport>;
  /** The same as Markdown, or its plots as SVG. */
  analysisText(model: string, of: { readonly format: "md" | "svg"; readonly rollout?: string }, options?: CallOptions): Promise<string>;
  /** Entries of a model's chain, oldest first, page after page. */
  ledger(model: string, options?: CallOptions & { readonly after?: number }): AsyncGenerator<LedgerEntry, void>;
  /** Verifies every chain from its first entry. */
  verify(options?: CallOptions): Promise<LedgerVerification>;
}

export function decisions(server: Connection): Decisions {
  return {
    get: (id, options) => read(server, paths.decision(id), options),
    document: (id, format = "md", options = {}) => server.text({ method: "GET", path: paths.document(id, format), key: null, repeatable: true, options }),
    signingKey: (options) => read(server, paths.signingKey, options),
    verdict: (model, challenger, options) => read(server, paths.verdict(model, challenger), options),
    analysis: (model, rollout, options) => read(server, paths.analysis(model, "json", rollout), options),
    analysisText: (model, { format, rollout }, options = {}) => server.text({ method: "GET", path: paths.analysis(model, format, rollout), key: null, repeatable: true, options }),
    async *ledger(model, options = {}) {
      let after: number | null = options.after ?? 0;
      while (after !== null) {
        // From the very beginning no `after` is sent, whatever the first number is.
        const page: LedgerPage = await read(server, paths.ledger(model) + query({ after: after === 0 ? null : after }), options);
        yield* page.entries;
        after = page.nextAfter;
      }
    },
    verify: (options) => read(server, paths.verify, options),
  };
}
