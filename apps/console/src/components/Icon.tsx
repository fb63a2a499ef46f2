import type { JSX } from "react";

export type IconName = "promote" | "advance" | "hold" | "retain" | "rollback" | "pass" | "warn" | "unproven" | "fail" | "unavailable" | "none" | "arrow" | "sun" | "moon" | "auto" | "close" | "link";

/** Drawn on a 16 × 16 grid with the colour of the text around it. Always beside a word, so hidden from screen readers. */
const STROKES: Readonly<Record<IconName, string>> = {
  promote: "M8 13V3M3.5 7.5 8 3l4.5 4.5",
  advance: "M2.5 8h10M8.5 4l4 4-4 4",
  hold: "M5.5 3.5v9M10.5 3.5v9",
  retain: "M3.5 6h9M3.5 10h9",
  rollback: "M3 3.5v4h4M3.4 7.2A5.2 5.2 0 1 1 4 11.3",
  pass: "m3.5 8.5 3 3 6-7",
  warn: "M8 3 2.5 13h11zM8 7v2.6M8 11.3v.2",
  unproven: "M3 9.5c1.6-3 3.2-3 5-1.5s3.4 1.5 5-1.5",
  fail: "m4 4 8 8M12 4l-8 8",
  unavailable: "M4 8h.01M8 8h.01M12 8h.01",
  none: "M3.5 8h9",
  arrow: "M2.5 8h10.5M9.5 4.5 13 8l-3.5 3.5",
  sun: "M8 5.200a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.600M8 1.5v1.300M8 13.200v1.300M1.5 8h1.300M13.2 8h1.300M3.4 3.4l.9.9M11.7 11.700l.9.9M12.6 3.4l-.9.9M4.3 11.700l-.9.9",
  moon: "M13 9.600A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.600Z",
  auto: "M2 3.5h12v7.5H2zM6 13.5h4M8 11v2.5",
  close: "m4 4 8 8M12 4l-8 8",
  link: "M6.5 3.5h-3v9h9v-3M9 3h4v4M13 3 7.5 8.5",
};

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={STROKES[name]} />
    </svg>
  );
}
