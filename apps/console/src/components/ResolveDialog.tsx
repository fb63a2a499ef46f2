import type { MatchDetail } from "@gauntlet/contract";
import { useQueryClient } from "@tanstack/react-query";
import type { JSX } from "react";

import { sendResolve } from "../api/ratings.ts";
import { fieldRows } from "../format/ratings.ts";
import { ConfirmDialog } from "./ConfirmDialog.tsx";

interface ResolveDialogProps {
  readonly match: MatchDetail;
  /** Content id of the version that is to stay. */
  readonly keep: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const REASON_MAX = 200;

/** Which version stays, and what becomes of the others. */
export function ResolveDialog({ match, keep, onClose, onDone }: ResolveDialogProps): JSX.Element {
  const client = useQueryClient();
  const others = match.versions.filter((version) => !version.takenOut).length - 1;
  return (
    <ConfirmDialog
      title={
        <>
          Keep one version <span className="dialog-model">of {match.matchId}</span>
        </>
      }
      happens={[
        `This counts then: ${keptWords(match, keep)}.`,
        `${others === 1 ? "The other version is" : `The other ${others} versions are`} taken out by a record that every node gets when it reconciles.`,
        "Nothing is deleted: what was taken out can still be looked at, but it can't be put back.",
      ]}
      reasonMax={REASON_MAX}
      label="Keep this version"
      send={(confirmed) => sendResolve(match.matchId, { keep, ...confirmed })}
      onClose={onClose}
      onDone={() => {
        for (const key of ["ratings", "sync"]) void client.invalidateQueries({ queryKey: [key] });
        onDone();
      }}
    />
  );
}

/** What the kept version says where the others say something else. */
function keptWords({ versions }: MatchDetail, keep: string): string {
  const standing = versions.filter((version) => !version.takenOut);
  const place = standing.findIndex((version) => version.contentId === keep);
  const differing = fieldRows(standing).filter((row) => row.differs);
  return differing.map((row) => `${row.name.toLowerCase()} ${row.values[place]}`).join("; ");
}
