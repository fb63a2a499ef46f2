import type { SlotsProgress } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";

import { slotsProgressQuery } from "../api/queries.ts";
import { count, percent } from "../format/number.ts";
import { gamesWords, moveWords, orderWords, telemetryWords, tickerWords } from "../format/slots.ts";
import { FailureNote } from "./FailureNote.tsx";
import { Loading } from "./Loading.tsx";
import { Panel } from "./Panel.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";
import { Version } from "./Version.tsx";

/** What a cycle of slots shows in the place of an A/B test's evidence. */
export function SlotsPanels({ model }: { readonly model: string }): JSX.Element {
  const query = useQuery(slotsProgressQuery(model));
  if (query.isError && query.data === undefined) return <FailureNote title="What the slots counted can't be read" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="what the slots counted" lines={6} />;
  return (
    <>
      <Duel progress={query.data} />
      <Slots progress={query.data} />
    </>
  );
}

/** The first two: their games, and whether one of them is better. */
function Duel({ progress }: { readonly progress: SlotsProgress }): JSX.Element {
  const { mode, counts, test, slots } = progress;
  const [first, second] = slots;
  const telemetry = telemetryWords(progress);
  return (
    <Panel title="Games" note={mode === "strict" ? "of this cycle; they may be looked at after every game" : "under the slots' names since ever; looked at once a cycle"} id="slots-games">
      <p className="test-words">{test.says}</p>
      {test.interval === null ? null : <Share test={test} />}
      <p>
        {first?.slot}: {gamesWords(counts.champion)}. {second?.slot}: {gamesWords(counts.challenger)}.
      </p>
      {telemetry === null ? null : <p className="quiet">{telemetry}</p>}
    </Panel>
  );
}

/** Which part of the games with a winner speaks for the challenger; the middle says nothing. */
function Share({ test }: { readonly test: SlotsProgress["test"] }): JSX.Element | null {
  const { interval, share } = test;
  if (interval === null || share === null) return null;
  return (
    <figure className="slots-share">
      <figcaption className="quiet">
        Of the games with a winner {percent(share, 1)} speak for the challenger; all looks together leave {percent(interval.low, 1)} to {percent(interval.high, 1)} open.
      </figcaption>
      <svg width="100%" height="20" aria-hidden="true">
        <rect className="slots-track" x="0" y="8" width="100%" height="4" />
        <rect className={`slots-interval slots-${test.status}`} x={`${interval.low * 100}%`} y="6" width={`${Math.max(0.4, (interval.high - interval.low) * 100)}%`} height="8" />
        <line className="slots-half" x1="50%" x2="50%" y1="0" y2="20" />
        <circle className="slots-point" cx={`${share * 100}%`} cy="10" r="5" />
      </svg>
    </figure>
  );
}

/** Who holds the slots, what they predicted, and who holds them afterwards. */
function Slots({ progress }: { readonly progress: SlotsProgress }): JSX.Element {
  const { slots, assignments, rankings, tickers } = progress;
  return (
    <Panel title="Slots" note={`epoch ${progress.epoch}; the product splits its games itself`} id="slots">
      <ScrollRegion label="The slots">
        <table>
          <thead>
            <tr>
              <th scope="col">Slot</th>
              <th scope="col">Version</th>
              <th scope="col" className="number">
                Rank
              </th>
              <th scope="col" className="number">
                Accuracy
              </th>
              <th scope="col" className="number">
                Predictions
              </th>
              <th scope="col" className="number">
                Games, ever
              </th>
              <th scope="col">Afterwards</th>
            </tr>
          </thead>
          <tbody>
            {slots.map((slot) => (
              <SlotRow key={slot.slot} slot={slot} rank={rankings.find(({ sourceSlot }) => sourceSlot === slot.slot)?.rank ?? null} after={assignments.find((known) => known.slot === slot.slot)} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <p>{orderWords(progress)}</p>
      <p className="quiet">{tickerWords(tickers)}</p>
    </Panel>
  );
}

interface SlotRowProps {
  readonly slot: SlotsProgress["slots"][number];
  readonly rank: number | null;
  readonly after: SlotsProgress["assignments"][number] | undefined;
}

function SlotRow({ slot, rank, after }: SlotRowProps): JSX.Element {
  return (
    <tr>
      <th scope="row">
        {slot.slot} <span className="quiet">{slot.role}</span>
      </th>
      <td>{slot.version === null ? "nobody" : <Version version={slot.version} />}</td>
      <td className="number">{rank === null ? "–" : count(rank)}</td>
      <td className="number">{slot.accuracy === null ? "–" : percent(slot.accuracy, 1)}</td>
      <td className="number">{count(slot.predictions)}</td>
      <td className="number">{count(slot.total.games)}</td>
      <td>{after === undefined ? "–" : moveWords(after)}</td>
    </tr>
  );
}
