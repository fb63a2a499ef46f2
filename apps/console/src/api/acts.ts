import { acted, paths, type Acted, type OperatorVerb } from "@gauntlet/contract";

import { post } from "./request.ts";

/** What a person asks of the controller. An approval is bound to the decision and the evidence it was given for. */
export type Act =
  | { readonly verb: "approve"; readonly body: { readonly decisionId: string; readonly evidenceDigest: string; readonly comment: string } }
  | { readonly verb: Exclude<OperatorVerb, "approve">; readonly body: { readonly reason: string } };

export function sendAct(model: string, act: Act, with_: { readonly token: string; readonly idempotencyKey: string }): Promise<Acted> {
  return post(paths.act(model, act.verb), acted, { body: act.body, ...with_ });
}

/** 128 random bits; crypto.randomUUID exists in secure contexts only, and a console may be reached by plain HTTP. */
export function newIdempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
