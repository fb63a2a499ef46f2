import { failureAnalysis, paths } from "@gauntlet/contract";
import { queryOptions } from "@tanstack/react-query";

import { read } from "./request.ts";

/** Why a rollout ended as it did. It reads files of the registry's run, so it is asked when somebody looks, and not again by itself. */
export const analysisQuery = (model: string, rollout: string) =>
  queryOptions({
    queryKey: ["model", model, "analysis", rollout],
    queryFn: ({ signal }) => read(paths.analysis(model, "json", rollout), failureAnalysis, signal),
    staleTime: Infinity,
    retry: false,
  });
