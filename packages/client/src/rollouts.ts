import type { Acted, ModelSummary, OperatorVerb, Preview } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";
import { Failure } from "@gauntlet/core/failure";

import type { CallOptions, ChangeOptions, Connection } from "./connection.ts";
import { models } from "./models.ts";
import { ask, change } from "./read.ts";

/** A person's word, or a program's: `reason` is kept in the ledger for ever. Answers the ledger entry. */
type Act = (model: string, reason: string, options?: ChangeOptions) => Promise<Acted>;

export interface Rollouts {
  /** Begins a rollout: `policy` is the text of a policy file. */
  start(model: string, start: { readonly policy: string; readonly challenger?: string }, options?: ChangeOptions): Promise<Acted>;
  /** What a start would do; with no `start`, what would be decided now on the rollout that runs. Changes nothing. */
  preview(model: string, start?: { readonly policy: string; readonly challenger?: string } | null, options?: CallOptions): Promise<Preview>;
  /** Decides now instead of at the server's next turn; answers where the model stands then. */
  tick(model: string, options?: CallOptions): Promise<ModelSummary>;
  /**
   * Signs the newest decision and the evidence it was made from.
   * @throws Failure `not_found` where there is none, `conflict` where `decisionId` is not the newest.
   */
  approve(model: string, approval?: { readonly decisionId?: string; readonly comment?: string }, options?: ChangeOptions): Promise<Acted>;
  readonly hold: Act;
  readonly resume: Act;
  readonly reject: Act;
  /** On a person's word, whatever the evidence says. */
  readonly promote: Act;
  /** Restores what served before; also after a promotion. */
  readonly rollback: Act;
}

export function rollouts(server: Connection): Rollouts {
  const act = (verb: Exclude<OperatorVerb, "approve">): Act => (model, reason, options) => change(server, { path: paths.act(model, verb), body: { reason }, options });
  return {
    start: (model, { policy, challenger }, options) => change(server, { path: paths.rollouts(model), body: started(policy, challenger), options }),
    preview: (model, start, options) => ask(server, { path: paths.preview(model), body: start == null ? {} : started(start.policy, start.challenger), options }),
    tick: (model, options) => server.json({ method: "POST", path: paths.tick(model), body: {}, key: null, repeatable: false, options }),
    async approve(model, { decisionId, comment = "" } = {}, options) {
      const { state } = await models(server).get(model, options);
      const newest = state.decision;
      if (newest === null) throw new Failure("not_found", `${model} has no decision yet, so there is nothing to sign`, { fix: "wait until there is one" });
      if (decisionId !== undefined && decisionId !== newest.id) throw new Failure("conflict", `decision ${decisionId} is not the newest of ${model}`, { fix: `read the newest first: ${newest.id}` });
      return change(server, { path: paths.act(model, "approve"), body: { decisionId: newest.id, evidenceDigest: newest.evidenceDigest, comment }, options });
    },
    hold: act("hold"),
    resume: act("resume"),
    reject: act("reject"),
    promote: act("promote"),
    rollback: act("rollback"),
  };
}

/** A policy of slots finds its challenger in the registry. */
function started(policy: string, challenger: string | undefined): { readonly policy: string; readonly challenger?: string } {
  return challenger === undefined ? { policy } : { policy, challenger };
}
