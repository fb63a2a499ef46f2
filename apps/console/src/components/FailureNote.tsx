import { Failure } from "@gauntlet/core";
import type { JSX } from "react";

import { Icon } from "./Icon.tsx";

interface FailureNoteProps {
  readonly error: unknown;
  readonly title: string;
  readonly retry?: () => void;
}

/** What went wrong, where, and how to mend it. */
export function FailureNote({ error, title, retry }: FailureNoteProps): JSX.Element {
  const failure = error instanceof Failure ? error : null;
  return (
    <div className="note note-bad" role="alert">
      <p className="note-title">
        <Icon name="warn" /> {title}
      </p>
      <p>{error instanceof Error ? error.message : "Something unknown went wrong."}</p>
      {failure?.fix ? (
        <p>
          <strong>To mend it:</strong> {failure.fix}
        </p>
      ) : null}
      {failure !== null && failure.problems.length > 0 ? (
        <ul>
          {failure.problems.map((problem) => (
            <li key={`${problem.pointer} ${problem.detail}`}>
              <code>{problem.pointer === "" ? "/" : problem.pointer}</code> {problem.detail}
            </li>
          ))}
        </ul>
      ) : null}
      {retry === undefined ? null : (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
