import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";

import { isTokenRefused } from "../api/is-token-refused.ts";
import { modelsQuery, promotionsQuery } from "../api/queries.ts";
import { useStoredToken } from "../api/token.ts";
import { Asked } from "../components/Asked.tsx";
import { Decisions } from "../components/Decisions.tsx";
import { Family } from "../components/Family.tsx";
import { TokenGate } from "../components/TokenGate.tsx";
import { useTitle } from "../components/use-title.ts";
import { OPPONENTS } from "../opponents/opponents.ts";

/** Twelve slots: what serves in each, how it was judged, and what was decided lately. */
export function ModelsPage(): JSX.Element {
  useTitle("Models");
  const enabled = useStoredToken() !== null;
  const models = useQuery({ ...modelsQuery, enabled });
  const decisions = useQuery({ ...promotionsQuery, enabled });
  return (
    <div className="sheet">
      <header className="sheet-head">
        <h1>Models</h1>
        <p className="lead">Three families of four. Production and B play; the two shadows only guess along, until Gauntlet gives them a better place.</p>
      </header>
      <TokenGate refused={isTokenRefused(models, decisions)}>
        <Asked query={models}>
          {(families) => (
            <div className="families">
              {OPPONENTS.map((opponent) => (
                <Family key={opponent.name} opponent={opponent} family={families[opponent.model]} latest={decisions.data?.find(({ model_type: type }) => type === opponent.model)} now={models.dataUpdatedAt} />
              ))}
            </div>
          )}
        </Asked>
        <Asked query={decisions}>{(rows) => <Decisions rows={rows} now={decisions.dataUpdatedAt} />}</Asked>
      </TokenGate>
    </div>
  );
}
