import type { JSX, ReactNode } from "react";

/** Wide content that scrolls sideways; it takes the focus, so that a keyboard can scroll it too. */
export function ScrollRegion({ label, children }: { readonly label: string; readonly children: ReactNode }): JSX.Element {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- WCAG 2.1.1: what scrolls must be reachable by keyboard.
    <section className="table-scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
