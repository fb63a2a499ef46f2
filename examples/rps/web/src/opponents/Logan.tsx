import type { JSX } from "react";

import { Eyes, Mouth, type Mood } from "./Features.tsx";

/** Glasses, a bow tie, and hair in the shape of the logistic curve. */
export function Logan({ mood }: { readonly mood: Mood }): JSX.Element {
  return (
    <>
      <path className="logan-collar" d="M66 166h68l14 26H52z" />
      <path className="logan-tie" d="M100 178 76 166v24zM100 178l24-12v24z" />
      <path className="logan-head" d="M48 84c0-34 22-54 52-54s52 20 52 54v38c0 32-22 50-52 50s-52-18-52-50z" />
      <path className="logan-shade" d="M48 112v10c0 32 22 50 52 50s52-18 52-50v-10c0 32-22 48-52 48s-52-16-52-48z" />
      <path className="logan-hair" d="M44 80c-2-4-2-8-2-12 30 0 40-4 54-24 10-15 24-24 50-24 8 0 14 6 14 14 0 12-2 26-8 46-2-14-8-22-20-26-12 14-40 24-88 26z" />
      <Eyes mood={mood} left={78} right={122} y={102} size={11} />
      <path className="logan-glasses" d="M98 100q2-4 4 0M58 98l-9-4M142 98l9-4" />
      <circle className="logan-glasses" cx="78" cy="102" r="20" />
      <circle className="logan-glasses" cx="122" cy="102" r="20" />
      <Mouth mood={mood} x={100} y={142} />
    </>
  );
}
