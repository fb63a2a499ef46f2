import type { ModelDetail, OperatorVerb } from "@gauntlet/contract";
import { useEffect, useId, type JSX } from "react";

import { briefOf, VERBS } from "../format/act.ts";
import { Icon, type IconName } from "./Icon.tsx";

interface ActionBarProps {
  readonly detail: ModelDetail;
  readonly onAct: (verb: OperatorVerb) => void;
}

const ICONS: Readonly<Record<OperatorVerb, IconName>> = { rollback: "rollback", approve: "pass", hold: "hold", resume: "advance", reject: "close", promote: "promote" };

/** What a person can do, always in sight; the way back comes first, and has a key of its own. */
export function ActionBar({ detail, onAct }: ActionBarProps): JSX.Element {
  useRollbackKey(() => {
    if (briefOf("rollback", detail).refused === null) onAct("rollback");
  });
  return (
    <section className="actions" aria-label="Actions">
      {VERBS.filter((verb) => isShown(verb, detail)).map((verb) => (
        <ActButton key={verb} verb={verb} detail={detail} onAct={onAct} />
      ))}
    </section>
  );
}

/** The way back is always shown. Approve appears when a signature is awaited, the others while the rollout runs. */
function isShown(verb: OperatorVerb, detail: ModelDetail): boolean {
  if (verb === "rollback") return true;
  if (detail.state.rollout?.status !== "running") return false;
  if (verb === "approve") return briefOf("approve", detail).refused === null;
  if (verb === "hold" || verb === "resume") return (verb === "resume") === (detail.state.hold !== null);
  return true;
}

function ActButton({ verb, detail, onAct }: ActionBarProps & { readonly verb: OperatorVerb }): JSX.Element {
  const why = useId();
  const { label, tone, refused } = briefOf(verb, detail);
  // Stays focusable when it can't be used, so that a keyboard user hears why.
  return (
    <>
      <button
        type="button"
        className={`button button-${tone}`}
        aria-disabled={refused !== null}
        aria-describedby={refused === null ? undefined : why}
        aria-keyshortcuts={verb === "rollback" ? "Alt+Shift+R" : undefined}
        title={refused === null ? (verb === "rollback" ? "Roll back (Alt+Shift+R)" : label) : `${label}: ${refused}`}
        onClick={() => {
          if (refused === null) onAct(verb);
        }}
      >
        <Icon name={ICONS[verb]} />
        {label}
      </button>
      {refused === null ? null : (
        <span className="hidden" id={why}>
          Not possible: {refused}
        </span>
      )}
    </>
  );
}

function useRollbackKey(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // The physical key: with Alt held, a Mac types another character.
      if (!event.altKey || !event.shiftKey || event.code !== "KeyR") return;
      event.preventDefault();
      open();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
}
