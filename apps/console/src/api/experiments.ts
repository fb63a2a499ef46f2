import { experimentJournal, experimentList, experimentView, paths } from "@gauntlet/contract";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { read } from "./request.ts";

/** No event tells of an experiment that is changed by hand. */
const REFRESH_MS = 15_000;

export const experimentsQuery = queryOptions({
  queryKey: ["experiments"],
  queryFn: ({ signal }) => read(paths.experiments, experimentList, signal),
  refetchInterval: REFRESH_MS,
});

export const experimentQuery = (name: string) =>
  queryOptions({
    queryKey: ["experiments", name],
    queryFn: ({ signal }) => read(paths.experiment(name), experimentView, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

export const journalQuery = (name: string) =>
  queryOptions({
    queryKey: ["experiments", name, "journal"],
    queryFn: ({ signal }) => read(paths.experimentJournal(name), experimentJournal, signal),
    refetchInterval: REFRESH_MS,
  });
