import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";

import { rampQuery } from "../api/queries.ts";
import { FailureNote } from "./FailureNote.tsx";
import { Guardrails } from "./Guardrails.tsx";
import { Loading } from "./Loading.tsx";
import { RampStages } from "./RampStages.tsx";
import { ShareHistory } from "./ShareHistory.tsx";

/** What a ramp shows in the place of an A/B test's evidence. */
export function RampPanels({ model }: { readonly model: string }): JSX.Element {
  const query = useQuery(rampQuery(model));
  if (query.isError && query.data === undefined) return <FailureNote title="The ramp can't be read" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="the ramp" lines={6} />;
  return (
    <>
      <RampStages series={query.data} />
      <ShareHistory series={query.data} />
      <Guardrails guardrails={query.data.guardrails} />
    </>
  );
}
