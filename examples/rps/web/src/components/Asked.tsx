import type { UseQueryResult } from "@tanstack/react-query";
import type { JSX, ReactNode } from "react";

import { Refused } from "../api/request.ts";
import { Refusal } from "./Refusal.tsx";

/** What was asked of the server: on its way, refused, or there. Old data stay while newer ones can't be had, and that is said. */
export function Asked<T>({ query, children }: { readonly query: UseQueryResult<T>; readonly children: (data: T) => ReactNode }): JSX.Element {
  const { data, error, refetch } = query;
  const failure = error === null ? null : error instanceof Refused ? error : { message: String(error), fix: null };
  return (
    <>
      {failure === null ? null : <Refusal failure={failure} again={() => void refetch()} />}
      {data !== undefined ? children(data) : failure === null ? <p className="quiet">One moment …</p> : null}
    </>
  );
}
