import type { JSX } from "react";

import type { ModelsAnswer } from "../../../src/http/model-shapes.ts";
import { slot as slotShape } from "../../../src/http/shapes.ts";
import { count, percent } from "../format/number.ts";
import { ago } from "../format/time.ts";
import { figuresOf } from "../models/figures.ts";
import type { Promotion } from "../models/promotion.ts";
import type { Opponent } from "../opponents/opponents.ts";
import { Portrait } from "../opponents/Portrait.tsx";

interface FamilyProps {
  readonly opponent: Opponent;
  readonly family: ModelsAnswer[keyof ModelsAnswer];
  /** The family's last decision; undefined when there is none, or it can't be had. */
  readonly latest: Promotion | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** The four slots of one family. */
export function Family({ opponent, family, latest, now }: FamilyProps): JSX.Element {
  return (
    <section className={`family ${opponent.name}`} aria-label={opponent.mind}>
      <header className="family-head">
        <Portrait of={opponent.name} mood={family.loaded ? "calm" : "even"} />
        <div>
          <h2>{opponent.mind}</h2>
          <p className="quiet small">
            {opponent.shown} plays by it
            <br />
            <code>{family.name}</code>
          </p>
        </div>
      </header>
      <ul className="slots">
        {slotShape.options.map((slot) => (
          <SlotCard key={slot} slot={slot} held={family.info[slot]} latest={latest} now={now} />
        ))}
      </ul>
    </section>
  );
}

interface SlotProps {
  readonly slot: string;
  readonly held: ModelsAnswer[keyof ModelsAnswer]["info"]["Production"];
  readonly latest: Promotion | undefined;
  readonly now: number;
}

function SlotCard({ slot, held: { model, absence }, latest, now }: SlotProps): JSX.Element {
  if (model === null) {
    return (
      <li className="slot is-empty">
        <span className="slot-name">{slot}</span>
        <span className="slot-version">–</span>
        <span className="quiet small">{absence?.detail ?? "no model"}</span>
      </li>
    );
  }
  const figures = figuresOf(latest, { slot, version: model.version });
  return (
    <li className={slot.startsWith("shadow") ? "slot is-shadow" : "slot"}>
      <span className="slot-name">{slot}</span>
      <span className="slot-version">
        <span className="hidden">version </span>v{model.version}
      </span>
      {figures === null ? <span className="slot-figure quiet">not judged yet</span> : <Figures {...figures} />}
      <span className="quiet small">
        {model.loaded_from}, {ago(model.loaded_at, now)}
      </span>
    </li>
  );
}

function Figures({ accuracy, predictions, games }: NonNullable<ReturnType<typeof figuresOf>>): JSX.Element {
  return (
    <span className="slot-figure">
      {accuracy === null ? (
        "no guesses yet"
      ) : (
        <>
          <span className="accuracy" aria-hidden="true">
            <span style={{ width: `${accuracy * 100}%` }} />
          </span>
          {percent(accuracy, 1)} <span className="quiet">of {count(predictions ?? 0)} guesses</span>
        </>
      )}
      {games === null || games.of === 0 ? null : (
        <span className="slot-games">
          won {games.won} of {games.of} games
        </span>
      )}
    </span>
  );
}
