import type { JSX } from "react";

import { Eyes, Mouth, type Mood } from "./Features.tsx";

/** A tree with a face in its crown, and two smaller ones beside it. */
export function Forrest({ mood }: { readonly mood: Mood }): JSX.Element {
  return (
    <>
      <path className="forrest-trunk" d="M86 150h28l5 34c-12 6-26 6-38 0z" />
      <path className="forrest-far" d="M34 184v-22M166 184v-26" />
      <circle className="forrest-small" cx="34" cy="146" r="20" />
      <circle className="forrest-small" cx="166" cy="140" r="23" />
      <path
        className="forrest-crown"
        d="M100 18c17 0 30 9 35 23 19 0 32 15 31 32 9 7 13 17 11 28-3 19-19 29-35 28-8 18-25 27-42 27s-34-9-42-27c-16 1-32-9-35-28-2-11 2-21 11-28-1-17 12-32 31-32 5-14 18-23 35-23z"
      />
      <path className="forrest-shade" d="M24 96c2 22 18 34 34 33 8 18 25 27 42 27s34-9 42-27c16 1 32-11 34-33-6 12-20 18-34 15-7 14-24 22-42 22s-35-8-42-22c-14 3-28-3-34-15z" />
      <path className="forrest-leaf" d="M100 20c-4-12 4-20 18-20 1 13-6 20-18 20z" />
      <Eyes mood={mood} left={79} right={121} y={82} size={13} />
      <circle className="cheek" cx="60" cy="103" r="8" />
      <circle className="cheek" cx="140" cy="103" r="8" />
      <Mouth mood={mood} x={100} y={110} />
    </>
  );
}
