import { decisionDetail, signingKey } from "@gauntlet/contract";
import { findDecisionAnywhere, renderDocument, signatureOf } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";

import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";

export const decisionRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/v1/decisions/:id",
    access: "read",
    summary: "One decision with the ledger entry it was made in",
    answer: { type: "application/json", schema: decisionDetail },
    handle: detail,
  },
  {
    method: "GET",
    path: "/v1/decisions/:id/document",
    access: "read",
    summary: "The decision document, rendered from the ledger entry; it says whether documents are signed here",
    query: { format: "md (default) or yaml" },
    answer: { type: "text/markdown" },
    handle: document,
  },
  {
    method: "GET",
    path: "/v1/signing-key",
    access: "read",
    summary: "The public key with which decision documents and lifecycles are signed; 404 when they are not",
    answer: { type: "application/json", schema: signingKey },
    handle: async (c, { controller: { signer } }) => {
      if (signer === undefined) throw new Failure("not_found", "documents are not signed here", { fix: "name a key under signing in gauntlet.yaml" });
      return c.json({ algorithm: "ed25519", keyId: signer.keyId, publicKey: signer.publicKey });
    },
  },
];

async function detail(c: RouteContext, { store }: Services): Promise<Response> {
  const entry = await findDecisionAnywhere(store, c.req.param("id") ?? "");
  if (entry.event.kind !== "decision") throw new Failure("internal", `entry ${entry.seq} of ${entry.chain} holds no decision`);
  return c.json({ entry, decision: entry.event.decision });
}

async function document(c: RouteContext, { store, controller }: Services): Promise<Response> {
  const format = c.req.query("format") ?? "md";
  if (format !== "md" && format !== "yaml") throw new Failure("invalid_input", `there is no document format "${format.slice(0, 40)}"`, { fix: "ask for md or yaml" });
  const entry = await findDecisionAnywhere(store, c.req.param("id") ?? "");
  const type = format === "md" ? "text/markdown; charset=utf-8" : "application/yaml; charset=utf-8";
  return new Response(renderDocument(`decision.${format}`, entry, signatureOf(controller.signer, `decision.${format}`)), { headers: { "content-type": type } });
}
