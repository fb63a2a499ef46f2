import type { JSX } from "react";

import { FEATURE_NAMES } from "../../../src/features/feature-names.ts";
import { MOVES, type Move } from "../../../src/rules/moves.ts";
import { percent, points } from "../format/number.ts";
import { MODEL_NAMES, MOVE_NAMES, RESULT_WORDS, SOURCE_WORDS } from "../format/words.ts";
import { OPENING_ROUNDS, type Match, type PerMove, type PlayedRound } from "../match/match.ts";
import { AllTwelve } from "./AllTwelve.tsx";
import { MoveIcon } from "./MoveIcon.tsx";

/** Everything that is known of one round. */
export function DebugRound({ round, bot, match }: { readonly round: PlayedRound; readonly bot: string; readonly match: Match }): JSX.Element {
  const { model, debug } = round;
  return (
    <>
      <dl className="facts">
        <Fact name="Played">
          {MOVE_NAMES[round.user]} against {MOVE_NAMES[round.bot].toLowerCase()}: {RESULT_WORDS[round.result].toLowerCase()}
        </Fact>
        {model === null ? null : <ModelFacts model={model} />}
        <Fact name="Game">
          <code>{match.gameId}</code>
        </Fact>
      </dl>
      {debug === null ? (
        <p className="panel">{model === null ? "The answer to this round was lost on the way; from the score, this is what was played." : "This round was played without the token, so the server kept the rest to itself. Rounds from now on show everything."}</p>
      ) : (
        <>
          <Moves round={round} debug={debug} bot={bot} />
          {round.number <= OPENING_ROUNDS ? null : <AllTwelve match={match} round={round} />}
          {debug.features === null ? null : <Features values={debug.features} />}
        </>
      )}
    </>
  );
}

function ModelFacts({ model }: { readonly model: NonNullable<PlayedRound["model"]> }): JSX.Element {
  return (
    <>
      <Fact name="Chosen by">{SOURCE_WORDS[model.probability_source]}</Fact>
      <Fact name="Model">{MODEL_NAMES[model.model_type]}</Fact>
      <Fact name="Slot">{model.model_alias}</Fact>
      <Fact name="Version">{model.model_version ?? "none"}</Fact>
      <Fact name="Run">
        <code>{model.model_run_id ?? "none"}</code>
      </Fact>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Moves({ round, debug, bot }: { readonly round: PlayedRound; readonly debug: NonNullable<PlayedRound["debug"]>; readonly bot: string }): JSX.Element {
  const cell = (values: PerMove | null, move: Move, format: (value: number) => string) => (values === null ? "–" : format(values[move]));
  return (
    <section className="panel" aria-label="The three moves">
      <h2>The three moves</h2>
      <table className="weighed">
        <thead>
          <tr>
            <th scope="col">Move</th>
            <th scope="col" className="number">
              Points
            </th>
            <th scope="col" className="number">
              Raw output
            </th>
            <th scope="col" className="number">
              Chance that you play it
            </th>
            <th scope="col" className="number">
              Worth to {bot}
            </th>
          </tr>
        </thead>
        <tbody>
          {MOVES.map((move) => (
            <tr key={move}>
              <th scope="row">
                <MoveIcon move={move} /> {MOVE_NAMES[move]}
                {move === round.user ? <span className="chance-mark">you</span> : null}
                {move === debug.selected_move ? <span className="chance-mark is-bot">{bot}</span> : null}
              </th>
              <td className="number">{points(round.points[move])}</td>
              <td className="number">{cell(debug.base_probabilities, move, (value) => value.toFixed(4))}</td>
              <td className="number">{cell(debug.probabilities, move, (value) => percent(value, 1))}</td>
              <td className="number">{cell(debug.move_values, move, (value) => value.toFixed(3))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** In the order of the columns, each by its name; what is zero steps back. */
function Features({ values }: { readonly values: readonly number[] }): JSX.Element {
  return (
    <section className="panel" aria-label="What the model saw">
      <h2>What the model saw: {values.length} columns</h2>
      <ul className="features">
        {values.map((value, index) => (
          <li key={FEATURE_NAMES[index] ?? index} className={value === 0 ? "is-zero" : undefined}>
            <code>{FEATURE_NAMES[index] ?? `column ${index}`}</code>
            <span className="number">{Number.isInteger(value) ? value : value.toFixed(2)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
