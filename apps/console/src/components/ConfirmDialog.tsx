import { useMutation } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type FormEvent, type JSX, type ReactNode } from "react";

import { newIdempotencyKey } from "../api/acts.ts";
import { FailureNote } from "./FailureNote.tsx";
import { TokenField } from "./TokenField.tsx";
import { useToken } from "./use-token.ts";

/** What an act is sent with; the reason is empty where none is asked for. */
export interface Confirmed {
  readonly reason: string;
  readonly token: string;
  readonly idempotencyKey: string;
}

interface ConfirmDialogProps<T> {
  readonly title: ReactNode;
  /** What will happen, line by line. */
  readonly happens: readonly string[];
  /** Most characters of a reason; null: none is asked for. */
  readonly reasonMax: number | null;
  readonly label: string;
  readonly send: (confirmed: Confirmed) => Promise<T>;
  readonly onClose: () => void;
  readonly onDone: (answer: T) => void;
}

/** Says what will happen, asks why and by whose right, and does it once. */
export function ConfirmDialog<T>(props: ConfirmDialogProps<T>): JSX.Element {
  const { title, happens, reasonMax, label, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const ids = { heading: useId(), reason: useId() };
  const [reason, setReason] = useState("");
  const { sending, token } = useSend(props);
  useEffect(() => {
    // Not closed again on the way out: the element goes, and a close event would be taken for the person's.
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!sending.isPending && (reasonMax === null || reason.trim() !== "")) sending.mutate(reason.trim());
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={ids.heading} onCancel={onClose} onClose={onClose}>
      <h2 id={ids.heading}>{title}</h2>
      <ul className="happens" aria-label="What will happen">
        {happens.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <form onSubmit={submit} className="act-form">
        {reasonMax === null ? null : (
          <>
            <label htmlFor={ids.reason}>
              Why? <span className="quiet">It is kept in the ledger for ever, on every node.</span>
            </label>
            <textarea id={ids.reason} value={reason} maxLength={reasonMax} rows={2} required onChange={(event) => setReason(event.target.value)} />
          </>
        )}
        <TokenField entry={token} />
        {sending.isError ? <FailureNote title="Not done" error={sending.error} /> : null}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" aria-disabled={sending.isPending}>
            {sending.isPending ? "Sending …" : label}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** One key for one act and reason: a second click, or a retry after a lost answer, is the same act to the server. */
function useSend<T>({ send, onDone }: ConfirmDialogProps<T>) {
  const token = useToken();
  const sent = useRef({ reason: "", key: "" });
  const sending = useMutation({
    mutationFn: async (reason: string) => {
      if (sent.current.reason !== reason || sent.current.key === "") sent.current = { reason, key: newIdempotencyKey() };
      const current = token.current();
      const answer = await send({ reason, token: current, idempotencyKey: sent.current.key });
      token.accepted(current);
      return answer;
    },
    onSuccess: onDone,
    onError: token.failed,
  });
  return { sending, token };
}
