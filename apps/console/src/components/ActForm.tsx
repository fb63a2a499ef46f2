import type { Acted, ModelDetail, OperatorVerb } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useRef, useState, type FormEvent, type JSX, type KeyboardEvent } from "react";

import { newIdempotencyKey, sendAct, type Act } from "../api/acts.ts";
import type { ActBrief } from "../format/act.ts";
import { FailureNote } from "./FailureNote.tsx";
import { TokenField } from "./TokenField.tsx";
import { useToken, type TokenEntry } from "./use-token.ts";

interface ActFormProps {
  readonly verb: OperatorVerb;
  readonly detail: ModelDetail;
  readonly brief: ActBrief;
  readonly onCancel: () => void;
  readonly onActed: (acted: Acted) => void;
}

const REASON_MAX = 2000;

export function ActForm(props: ActFormProps): JSX.Element {
  const { brief, onCancel } = props;
  const reasonId = useId();
  const [reason, setReason] = useState("");
  const token = useToken();
  const send = useSend(props, token);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (send.isPending || reason.trim() === "") return;
    send.mutate({ reason: reason.trim(), token: token.current() });
  };
  return (
    <form onSubmit={submit} className="act-form">
      <label htmlFor={reasonId}>
        Why? <span className="quiet">It is kept in the ledger for ever.</span>
      </label>
      <textarea id={reasonId} value={reason} maxLength={REASON_MAX} rows={3} required onChange={(event) => setReason(event.target.value)} onKeyDown={(event) => submitOnControlEnter(event)} />
      <TokenField entry={token} />
      {send.isError ? <FailureNote title={`Not done: ${brief.label.toLowerCase()} was refused`} error={send.error} /> : null}
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className={`button button-${brief.tone === "danger" ? "danger" : "primary"}`} aria-disabled={send.isPending}>
          {send.isPending ? "Sending …" : brief.label}
        </button>
      </div>
    </form>
  );
}

/** One key for one act: a second click, or a retry after a lost answer, is the same act to the server. */
function useSend({ verb, detail, onActed }: ActFormProps, entry: TokenEntry) {
  const client = useQueryClient();
  const sent = useRef({ text: "", key: "" });
  return useMutation({
    mutationFn: async ({ reason, token }: { readonly reason: string; readonly token: string }) => {
      const act = actOf(verb, detail, reason);
      const text = JSON.stringify(act);
      if (sent.current.text !== text) sent.current = { text, key: newIdempotencyKey() };
      const acted = await sendAct(detail.summary.model, act, { token, idempotencyKey: sent.current.key });
      entry.accepted(token);
      return acted;
    },
    onSuccess: (acted) => {
      void client.invalidateQueries({ queryKey: ["fleet"] });
      void client.invalidateQueries({ queryKey: ["model", detail.summary.model] });
      onActed(acted);
    },
    onError: entry.failed,
  });
}

function actOf(verb: OperatorVerb, detail: ModelDetail, reason: string): Act {
  if (verb !== "approve") return { verb, body: { reason } };
  if (detail.decision === null) throw new Failure("conflict", "there is no decision to approve", { fix: "wait for the next look" });
  return { verb, body: { decisionId: detail.decision.id, evidenceDigest: detail.decision.evidenceDigest, comment: reason } };
}

function submitOnControlEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
}
