import { parsePolicy, preview, previewAct, type PreviewAct } from "@gauntlet/contract";
import { previewStart, previewTick, type Preview } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";

import { parseAs, parseJson, readText } from "../http/read-body.ts";
import type { Services } from "../services.ts";
import { requireOnTarget } from "../targets/policy-on-target.ts";
import { previewView } from "../views/preview.ts";
import type { Operation } from "./operation.ts";

const BYTES_MAX = 200_000;

export const previewRoutes: readonly Operation[] = [
  {
    method: "POST",
    path: "/v1/models/:model/preview",
    access: "read",
    summary: "What would be decided now, or what the start of a rollout would do; changes nothing",
    body: previewAct,
    answer: { type: "application/json", schema: preview },
    handle: async (c, { controller, config, metrics }) => {
      const body = parseAs(previewAct, parseJson(await readText(c, BYTES_MAX)));
      const previewed = await previewOf({ controller, config }, c.req.param("model") ?? "", body);
      const { policy } = previewed.rollout;
      if (policy.kind === "rating" && previewed.decision?.verdict === "promote") metrics.ratings.previewed(policy.promotion);
      return c.json(previewView(previewed));
    },
  },
];

function previewOf({ controller, config }: Pick<Services, "controller" | "config">, model: string, { policy: text, challenger }: PreviewAct): Promise<Preview> {
  if (text === undefined && challenger === undefined) return previewTick(controller, model);
  if (text === undefined) {
    throw new Failure("invalid_input", "a preview of a start needs a policy", { fix: "send policy and challenger, a policy of slots alone, or neither to preview the next decision" });
  }
  const policy = parsePolicy(text, "the policy");
  if (policy.model !== model) throw new Failure("invalid_input", `the policy is for ${policy.model}, not for ${model}`, { fix: `POST it to /v1/models/${policy.model}/preview` });
  requireOnTarget({ policy, text, source: "the policy" }, config.targets);
  return previewStart(controller, { policy, challenger: challenger ?? null, by: "nobody: a preview" });
}
