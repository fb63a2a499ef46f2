import type { Acted, ModelDetail, OperatorVerb } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useRef, useState, type FormEvent, type JSX, type KeyboardEvent } from "react";

import { newIdempotencyKey, sendAct, type Act } from "../api/acts.ts";
import { forgetToken, storedToken, storeToken } from "../api/token.ts";
import type { ActBrief } from "../format/act.ts";
import { FailureNote } from "./FailureNote.tsx";

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
  const ids = { reason: useId(), token: useId(), help: useId() };
  const [reason, setReason] = useState("");
  const [token, setToken] = useState("");
  const [asksToken, setAsksToken] = useState(() => storedToken() === null);
  const send = useSend(props, () => setAsksToken(true));
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (send.isPending || reason.trim() === "") return;
    send.mutate({ reason: reason.trim(), token: asksToken ? token.trim() : (storedToken() ?? "") });
  };
  return (
    <form onSubmit={submit} className="act-form">
      <label htmlFor={ids.reason}>
        Why? <span className="quiet">It is kept in the ledger for ever.</span>
      </label>
      <textarea id={ids.reason} value={reason} maxLength={REASON_MAX} rows={3} required onChange={(event) => setReason(event.target.value)} onKeyDown={(event) => submitOnControlEnter(event)} />
      {asksToken ? (
        <>
          <label htmlFor={ids.token}>Operator token</label>
          <input id={ids.token} type="password" value={token} required autoComplete="off" spellCheck={false} aria-describedby={ids.help} onChange={(event) => setToken(event.target.value)} />
          <p className="quiet" id={ids.help}>
            Made with <code>gauntlet token create</code>. Kept in this tab only, until it is closed.
          </p>
        </>
      ) : (
        <p className="quiet">
          Signed with the token of this tab.{" "}
          <button
            type="button"
            className="link-button"
            onClick={() => {
              forgetToken();
              setAsksToken(true);
            }}
          >
            Use another
          </button>
        </p>
      )}
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
function useSend({ verb, detail, onActed }: ActFormProps, onUnauthorized: () => void) {
  const client = useQueryClient();
  const sent = useRef({ text: "", key: "" });
  return useMutation({
    mutationFn: async ({ reason, token }: { readonly reason: string; readonly token: string }) => {
      const act = actOf(verb, detail, reason);
      const text = JSON.stringify(act);
      if (sent.current.text !== text) sent.current = { text, key: newIdempotencyKey() };
      const acted = await sendAct(detail.summary.model, act, { token, idempotencyKey: sent.current.key });
      storeToken(token);
      return acted;
    },
    onSuccess: (acted) => {
      void client.invalidateQueries({ queryKey: ["fleet"] });
      void client.invalidateQueries({ queryKey: ["model", detail.summary.model] });
      onActed(acted);
    },
    onError: (error) => {
      if (!(error instanceof Failure) || error.code !== "unauthorized") return;
      forgetToken();
      onUnauthorized();
    },
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
