import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type JSX } from "react";

import { ratingsQuery, sendDriftCheck } from "../api/ratings.ts";
import { ConfirmDialog, type Confirmed } from "./ConfirmDialog.tsx";

interface CompareButtonProps {
  readonly config: string;
  /** Nodes whose ratings are last known. */
  readonly peers: readonly string[];
}

/** Compares the ratings of one configuration with what is last known of each other node. */
export function CompareButton({ config, peers }: CompareButtonProps): JSX.Element | null {
  const client = useQueryClient();
  const { data } = useQuery(ratingsQuery);
  const [asking, setAsking] = useState(false);
  const one = data?.configs.find((each) => each.config === config);
  if (one === undefined || peers.length === 0) return null;
  const { board, numPlayers } = one;
  const compare = async ({ token, idempotencyKey }: Confirmed) => {
    for (const target of peers) await sendDriftCheck({ target, boardType: board, numPlayers }, { token, idempotencyKey: `${idempotencyKey}-${target}` });
  };
  return (
    <>
      <button type="button" className="button button-small" onClick={() => setAsking(true)}>
        Compare now
      </button>
      {asking ? (
        <ConfirmDialog
          title={`Compare the ratings of ${config}`}
          happens={[`This node's ratings are compared with what is last known of ${peers.join(", ")}.`, "Each comparison is kept in the history below. No rating and no match changes."]}
          reasonMax={null}
          label="Compare"
          send={compare}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            void client.invalidateQueries({ queryKey: ["sync"] });
          }}
        />
      ) : null}
    </>
  );
}
