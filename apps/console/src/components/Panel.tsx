import { useId, type JSX, type ReactNode } from "react";

interface PanelProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly aside?: ReactNode;
  readonly id?: string;
  readonly children: ReactNode;
}

/** One titled part of a page. */
export function Panel({ title, note, aside, id, children }: PanelProps): JSX.Element {
  const heading = useId();
  return (
    <section className="panel" aria-labelledby={heading} id={id}>
      <header className="panel-head">
        <h2 id={heading}>{title}</h2>
        {note === undefined ? null : <p className="panel-note">{note}</p>}
        {aside === undefined ? null : <div className="panel-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
