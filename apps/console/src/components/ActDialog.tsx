import type { Acted, ModelDetail, OperatorVerb } from "@gauntlet/contract";
import { useEffect, useId, useRef, type JSX } from "react";

import { briefOf } from "../format/act.ts";
import { ActForm } from "./ActForm.tsx";

interface ActDialogProps {
  readonly verb: OperatorVerb;
  readonly detail: ModelDetail;
  readonly onClose: () => void;
  readonly onActed: (verb: OperatorVerb, acted: Acted) => void;
}

/** Says what will happen, asks why and by whose right, and does it once. */
export function ActDialog({ verb, detail, onClose, onActed }: ActDialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const brief = briefOf(verb, detail);
  useEffect(() => {
    // Not closed again on the way out: the element goes, and a close event would be taken for the person's.
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  return (
    <dialog ref={dialog} className={`dialog dialog-${brief.tone}`} aria-labelledby={heading} onCancel={onClose} onClose={onClose}>
      <h2 id={heading}>
        {brief.label} <span className="dialog-model">{detail.summary.model}</span>
      </h2>
      {brief.refused === null ? (
        <>
          <ul className="happens" aria-label="What will happen">
            {brief.happens.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <ActForm verb={verb} detail={detail} brief={brief} onCancel={onClose} onActed={(acted) => onActed(verb, acted)} />
        </>
      ) : (
        <>
          <p>Not possible: {brief.refused}.</p>
          <div className="dialog-buttons">
            <button type="button" className="button" onClick={onClose}>
              Close
            </button>
          </div>
        </>
      )}
    </dialog>
  );
}
