import type { MatchDetail } from "@gauntlet/contract";
import { useQueryClient } from "@tanstack/react-query";
import type { JSX } from "react";

import { sendPurge } from "../api/ratings.ts";
import { ConfirmDialog } from "./ConfirmDialog.tsx";

interface PurgeDialogProps {
  readonly match: MatchDetail;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const REASON_MAX = 200;

/** For a match of which no version is right. */
export function PurgeDialog({ match, onClose, onDone }: PurgeDialogProps): JSX.Element {
  const client = useQueryClient();
  return (
    <ConfirmDialog
      title={
        <>
          Take the match out <span className="dialog-model">{match.matchId}</span>
        </>
      }
      happens={["The match counts no more, in no version, held or still to come.", "Every node gets the record that says so when it reconciles.", "Nothing is deleted: what was taken out can still be looked at, but it can't be put back."]}
      reasonMax={REASON_MAX}
      label="Take it out"
      send={(confirmed) => sendPurge(match.matchId, confirmed)}
      onClose={onClose}
      onDone={() => {
        for (const key of ["ratings", "sync"]) void client.invalidateQueries({ queryKey: [key] });
        onDone();
      }}
    />
  );
}
