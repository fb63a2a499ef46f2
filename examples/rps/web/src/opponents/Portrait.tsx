import type { JSX } from "react";

import { Brian } from "./Brian.tsx";
import type { Mood } from "./Features.tsx";
import { Forrest } from "./Forrest.tsx";
import { Logan } from "./Logan.tsx";
import type { OpponentName } from "./opponents.ts";

const FACES: Readonly<Record<OpponentName, (props: { readonly mood: Mood }) => JSX.Element>> = { brian: Brian, forrest: Forrest, logan: Logan };

/** The bot's face. It decorates: what it shows is always said in words beside it. */
export function Portrait({ of, mood = "calm" }: { readonly of: OpponentName; readonly mood?: Mood }): JSX.Element {
  const Face = FACES[of];
  return (
    <svg className={`portrait ${of} is-${mood}`} viewBox="0 0 200 200" aria-hidden="true" focusable="false">
      <Face mood={mood} />
    </svg>
  );
}
