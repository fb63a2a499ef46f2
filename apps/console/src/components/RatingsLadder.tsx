import type { LadderEntry, RatingLadderPage } from "@gauntlet/contract";
import type { JSX } from "react";

import { count } from "../format/number.ts";
import { elo, eloInterval, ladderGroups, placeOn, type LadderGroup, type Scale } from "../format/ratings.ts";
import { Panel } from "./Panel.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

interface LadderProps {
  readonly pages: readonly RatingLadderPage[];
  readonly chosen: readonly string[];
  readonly onChoose: (participant: string, chosen: boolean) => void;
  readonly more: (() => void) | null;
}

/** Ratings with their intervals drawn beside them; what can't be compared stands in tables of its own. */
export function RatingsLadder({ pages, chosen, onChoose, more }: LadderProps): JSX.Element {
  const { groups, alone } = ladderGroups(pages);
  const problem = pages[0]?.problem ?? null;
  const all = pages[0]?.participants ?? 0;
  const read = pages.reduce((sum, page) => sum + page.rows.length, 0);
  return (
    <Panel title="Ladder" note={`Bradley–Terry and Plackett–Luce, fitted to all matches; intervals at ${Math.round((pages[0]?.level ?? 0) * 100)} %`} id="ladder">
      {problem === null ? null : (
        <p className="note note-warn">
          <strong>Nothing can be rated yet:</strong> {problem}. More games with a winner may change that.
        </p>
      )}
      {all === 0 ? <p className="quiet">No match counts here: all are purged, or told differently and not settled.</p> : null}
      {groups.length > 1 ? (
        <p className="note note-warn">
          The participants fall into {count(pages[0]?.groups.filter((group) => group.participants > 1).length ?? groups.length)} groups that can&apos;t be compared: no chain of wins leads both ways between them. Ratings of one group say nothing about another.
        </p>
      ) : null}
      {groups.map((group) => (
        <Group key={group.group} group={group} named={groups.length > 1} chosen={chosen} onChoose={onChoose} />
      ))}
      {alone.length === 0 ? null : <Alone rows={alone} why={problem === null ? ALONE : ""} />}
      {more === null ? null : (
        <button type="button" className="button" onClick={more}>
          Show more <span className="quiet">({count(all - read)} more)</span>
        </button>
      )}
      {groups.length === 0 ? null : <p className="ladder-hint quiet">Tick participants to compare just these in the panels below.</p>}
    </Panel>
  );
}

type GroupProps = Pick<LadderProps, "chosen" | "onChoose"> & { readonly group: LadderGroup; readonly named: boolean };

function Group({ group, named, chosen, onChoose }: GroupProps): JSX.Element {
  const { rows, scale, anchored, participants } = group;
  const name = named ? `Group ${group.group + 1}, ${count(participants)} participants` : "All participants";
  return (
    <>
      <p className="ladder-group">
        {named ? <strong>{name}. </strong> : null}
        <span className="quiet">{anchored ? "Elo points on the scale of the anchors." : "Elo points against the group's mean, which is 0."}</span>
      </p>
      <ScrollRegion label={`Ladder, ${name.toLowerCase()}`}>
        <table className="ladder">
          <thead>
            <tr>
              <th scope="col">
                <span className="hidden">Compare</span>
              </th>
              <th scope="col" className="number">
                #
              </th>
              <th scope="col">Participant</th>
              <th scope="col" className="number">
                Elo
              </th>
              <th scope="col" className="ladder-plot">
                <span className="hidden">Rating and interval, drawn</span>
                <Ticks scale={scale} anchored={anchored} />
              </th>
              <th scope="col">Interval</th>
              <th scope="col" className="number">
                Matches
              </th>
              <th scope="col">Won–lost–drawn</th>
              <th scope="col" className="number" title="Incremental Elo in the order of the matches: K 32 from 1500 for two players, the tournament calculator for more">
                Service Elo
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <Row key={row.participant} row={row} place={index + 1} scale={scale} anchored={anchored} isChosen={chosen.includes(row.participant)} onChoose={onChoose} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  );
}

interface RowProps extends Pick<LadderProps, "onChoose"> {
  readonly row: LadderEntry;
  readonly place: number;
  readonly scale: Scale;
  readonly anchored: boolean;
  readonly isChosen: boolean;
}

function Row({ row, place, scale, anchored, isChosen, onChoose }: RowProps): JSX.Element {
  return (
    <tr className={isChosen ? "is-chosen" : undefined}>
      <td>
        <input type="checkbox" checked={isChosen} aria-label={`Compare ${row.participant}`} onChange={(event) => onChoose(row.participant, event.target.checked)} />
      </td>
      <td className="number">{place}</td>
      <th scope="row" className="ladder-name" title={row.participant}>
        {row.participant}
        {row.anchored ? <span className="flag">anchor</span> : null}
      </th>
      <td className="number">
        <strong>{row.elo === null ? "–" : elo(row.elo, anchored)}</strong>
      </td>
      <td className="ladder-plot">
        <Interval row={row} scale={scale} />
      </td>
      <td>{row.anchored ? "given" : eloInterval(row, anchored)}</td>
      <td className="number">{count(row.games)}</td>
      <td>
        {count(row.wins)}–{count(row.losses)}–{count(row.draws)}
      </td>
      <td className="number">{row.serviceElo === null ? "–" : count(Math.round(row.serviceElo))}</td>
    </tr>
  );
}

/** Positions are percentages, so that the drawing follows the width of its column. */
function Interval({ row, scale }: { readonly row: LadderEntry; readonly scale: Scale }): JSX.Element | null {
  if (row.elo === null) return null;
  return (
    <svg className="ladder-interval" width="100%" height="22" aria-hidden="true">
      {scale.ticks.map((tick) => (
        <line key={tick} className={tick === 0 ? "ladder-zero" : "ladder-grid"} x1={placeOn(scale, tick)} x2={placeOn(scale, tick)} y1="0" y2="22" />
      ))}
      {row.low === null || row.high === null ? null : (
        <>
          <line className="ladder-bar" x1={placeOn(scale, row.low)} x2={placeOn(scale, row.high)} y1="11" y2="11" />
          <line className="ladder-end" x1={placeOn(scale, row.low)} x2={placeOn(scale, row.low)} y1="7" y2="15" />
          <line className="ladder-end" x1={placeOn(scale, row.high)} x2={placeOn(scale, row.high)} y1="7" y2="15" />
        </>
      )}
      <circle className={row.anchored ? "ladder-dot ladder-anchor" : "ladder-dot"} cx={placeOn(scale, row.elo)} cy="11" r="4.5" />
    </svg>
  );
}

function Ticks({ scale, anchored }: { readonly scale: Scale; readonly anchored: boolean }): JSX.Element {
  return (
    <svg className="ladder-ticks" width="100%" height="16" aria-hidden="true">
      {scale.ticks.map((tick) => (
        <text key={tick} x={placeOn(scale, tick)} y="12" textAnchor="middle">
          {elo(tick, anchored)}
        </text>
      ))}
    </svg>
  );
}

const ALONE = "They won all of their matches, or lost all, or met nobody of a group: by how much they differ, the matches don't say.";

function Alone({ rows, why }: { readonly rows: readonly LadderEntry[]; readonly why: string }): JSX.Element {
  return (
    <>
      <p className="ladder-group">
        <strong>Comparable with nobody.</strong> <span className="quiet">{why}</span>
      </p>
      <ul className="ladder-alone">
        {rows.map((row) => (
          <li key={row.participant}>
            <strong>{row.participant}</strong>{" "}
            <span className="quiet">
              {count(row.games)} {row.games === 1 ? "match" : "matches"}: {count(row.wins)} won, {count(row.losses)} lost, {count(row.draws)} drawn
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
