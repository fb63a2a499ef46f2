import { monitorDetail, monitorList, paths } from "@gauntlet/contract";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { read } from "./request.ts";

const REFRESH_MS = 30_000;
/** Checks that are drawn. */
const CHECKS = 100;

const monitorsQuery = queryOptions({
  queryKey: ["monitor"],
  queryFn: ({ signal }) => read(paths.monitor, monitorList, signal),
  refetchInterval: REFRESH_MS,
});

/** null: nothing was ever watched of the model. Asked of the list first, since a missing one is no error. */
export const monitorQuery = (model: string) =>
  queryOptions({
    queryKey: ["model", model, "monitor"],
    queryFn: async ({ signal, client }) => {
      const { monitors } = await client.fetchQuery({ ...monitorsQuery, staleTime: 1000 });
      const subject = monitors.find((one) => one.kind === "model" && one.model === model)?.subject;
      return subject === undefined ? null : read(`${paths.monitorOf(subject)}?limit=${CHECKS}`, monitorDetail, signal);
    },
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
