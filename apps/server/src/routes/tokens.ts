import { createdToken, newToken, tokenView } from "@gauntlet/contract";
import { z } from "zod";

import { createToken, listTokens, revokeToken } from "../auth/tokens.ts";
import { parseAs, parseJson, readText } from "../http/read-body.ts";
import type { Operation } from "./operation.ts";

export const tokenRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/v1/tokens",
    access: "operator",
    summary: "Tokens, without their secrets",
    answer: { type: "application/json", schema: z.object({ tokens: z.array(tokenView) }) },
    handle: async (c, { store }) => c.json({ tokens: await listTokens(store.tokens) }),
  },
  {
    method: "POST",
    path: "/v1/tokens",
    access: "operator",
    summary: "Makes a token; its secret is in this answer and nowhere else",
    body: newToken,
    answer: { type: "application/json", schema: createdToken, status: 201 },
    handle: async (c, { store, authenticator, log }) => {
      const wanted = parseAs(newToken, parseJson(await readText(c, 10_000)));
      const created = await createToken(store.tokens, { ...wanted, now: Date.now() });
      authenticator.refresh();
      log({ level: "info", message: `token "${created.token.name}" made by ${c.get("principal")?.name ?? ""}`, fields: { role: created.token.role } });
      return c.json(created, 201);
    },
  },
  {
    method: "DELETE",
    path: "/v1/tokens/:token",
    access: "operator",
    summary: "Revokes a token by its id or name",
    answer: { type: "application/json", schema: tokenView },
    handle: async (c, { store, authenticator, log }) => {
      const revoked = await revokeToken(store.tokens, c.req.param("token") ?? "", Date.now());
      authenticator.refresh();
      log({ level: "info", message: `token "${revoked.name}" revoked by ${c.get("principal")?.name ?? ""}` });
      return c.json(revoked);
    },
  },
];
