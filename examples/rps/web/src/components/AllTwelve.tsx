import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";

import type { PredictBatchAnswer } from "../../../src/http/predict-shapes.ts";
import { slot as slotShape } from "../../../src/http/shapes.ts";
import { MOVES, type Move } from "../../../src/rules/moves.ts";
import { predictAll } from "../api/game.ts";
import { percent } from "../format/number.ts";
import { MOVE_NAMES } from "../format/words.ts";
import type { Match, PlayedRound } from "../match/match.ts";
import { questionsOf } from "../match/situation.ts";
import { OPPONENTS } from "../opponents/opponents.ts";
import { Asked } from "./Asked.tsx";

type Answer = PredictBatchAnswer["results"][number];

const SLOTS = slotShape.options;

/** The same round, asked of every slot of every family as it is now. */
export function AllTwelve({ match, round }: { readonly match: Match; readonly round: PlayedRound }): JSX.Element {
  const answers = useQuery({ queryKey: ["all-twelve", match.gameId, round.number], queryFn: () => predictAll(questionsOf(match, round.number)) });
  return (
    <section className="panel" aria-label="What all twelve expect">
      <h2>What all twelve expect</h2>
      <p className="quiet small">Asked now, of the versions that are in the slots now. You played {MOVE_NAMES[round.user].toLowerCase()}.</p>
      <Asked query={answers}>
        {(results) => (
          <table className="twelve">
            <thead>
              <tr>
                <th scope="col">
                  <span className="hidden">Slot</span>
                </th>
                {OPPONENTS.map(({ name, shown }) => (
                  <th key={name} scope="col">
                    {shown}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {SLOTS.map((slot, row) => (
                <tr key={slot}>
                  <th scope="row">{slot}</th>
                  {OPPONENTS.map(({ name }, column) => (
                    <td key={name}>
                      <Expectation answer={results[column * SLOTS.length + row]} played={round.user} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Asked>
    </section>
  );
}

function Expectation({ answer, played }: { readonly answer: Answer | undefined; readonly played: Move }): JSX.Element {
  if (answer === undefined || !answer.success) return <span className="quiet small">{answer?.error ?? "no answer"}</span>;
  const { probabilities, prediction, model_info: model } = answer;
  if (model.probability_source === "fallback") return <span className="quiet small">no model</span>;
  return (
    <span className={prediction === played ? "expectation is-right" : "expectation"}>
      <span className="thirds" aria-hidden="true">
        {MOVES.map((move) => (
          <span key={move} className={move} style={{ width: `${probabilities[move] * 100}%` }} />
        ))}
      </span>
      <span className="expectation-words">
        {MOVE_NAMES[prediction]} {percent(probabilities[prediction])}
        {prediction === played ? <span className="hit"> right</span> : null}
      </span>
      <span className="quiet small">v{model.version ?? "?"}</span>
    </span>
  );
}
