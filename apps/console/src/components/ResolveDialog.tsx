import type { MatchDetail } from "@gauntlet/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type FormEvent, type JSX } from "react";

import { newIdempotencyKey } from "../api/acts.ts";
import { sendResolve } from "../api/ratings.ts";
import { fieldRows } from "../format/ratings.ts";
import { FailureNote } from "./FailureNote.tsx";
import type { Choice } from "./RatingsConflicts.tsx";
import { TokenField } from "./TokenField.tsx";
import { useToken } from "./use-token.ts";

interface ResolveDialogProps {
  readonly choice: Choice;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const REASON_MAX = 200;

/** Says what stays and what is taken out, asks why and by whose right, and does it once. */
export function ResolveDialog({ choice, onClose, onDone }: ResolveDialogProps): JSX.Element {
  const { match, keep } = choice;
  const others = match.versions.filter((version) => !version.takenOut).length - 1;
  const dialog = useRef<HTMLDialogElement>(null);
  const ids = { heading: useId(), reason: useId() };
  const [reason, setReason] = useState("");
  const token = useToken();
  const send = useSend(choice, { token, onDone });
  useEffect(() => {
    // Not closed again on the way out: the element goes, and a close event would be taken for the person's.
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!send.isPending && reason.trim() !== "") send.mutate(reason.trim());
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={ids.heading} onCancel={onClose} onClose={onClose}>
      <h2 id={ids.heading}>
        Keep one version <span className="dialog-model">of {match.matchId}</span>
      </h2>
      <ul className="happens" aria-label="What will happen">
        <li>It counts that {keptWords(match, keep)}.</li>
        <li>{others === 1 ? "The other version is" : `The other ${others} versions are`} taken out by a record that every node gets when it reconciles.</li>
        <li>Nothing is deleted: what was taken out can still be looked at, but it can&apos;t be put back.</li>
      </ul>
      <form onSubmit={submit} className="act-form">
        <label htmlFor={ids.reason}>
          Why? <span className="quiet">It is kept in the ledger for ever, on every node.</span>
        </label>
        <textarea id={ids.reason} value={reason} maxLength={REASON_MAX} rows={2} required onChange={(event) => setReason(event.target.value)} />
        <TokenField entry={token} />
        {send.isError ? <FailureNote title="Not settled" error={send.error} /> : null}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" aria-disabled={send.isPending}>
            {send.isPending ? "Sending …" : "Keep this version"}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** What the kept version says where the others say something else. */
function keptWords({ versions }: MatchDetail, keep: string): string {
  const standing = versions.filter((version) => !version.takenOut);
  const place = standing.findIndex((version) => version.contentId === keep);
  const differing = fieldRows(standing).filter((row) => row.differs);
  return differing.map((row) => `${row.name.toLowerCase()}: ${row.values[place]}`).join("; ");
}

/** One key for one choice and reason: a second click, or a retry after a lost answer, is the same act to the server. */
function useSend({ match, keep }: Choice, { token, onDone }: { readonly token: ReturnType<typeof useToken>; readonly onDone: () => void }) {
  const client = useQueryClient();
  const sent = useRef({ reason: "", key: "" });
  return useMutation({
    mutationFn: async (reason: string) => {
      if (sent.current.reason !== reason) sent.current = { reason, key: newIdempotencyKey() };
      const current = token.current();
      const detail = await sendResolve(match.matchId, { keep, reason, token: current, idempotencyKey: sent.current.key });
      token.accepted(current);
      return detail;
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["ratings"] });
      onDone();
    },
    onError: token.failed,
  });
}
