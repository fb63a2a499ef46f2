import type { HookDelivery } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type JSX } from "react";

import { deliveryQuery } from "../api/hooks.ts";
import { attemptRows, bodyText, deliveryOutcome, HOOK_EVENT_WORDS, type AttemptRow } from "../format/hooks.ts";
import { milliseconds } from "../format/number.ts";
import { FailureNote } from "./FailureNote.tsx";
import { Icon } from "./Icon.tsx";
import { Loading } from "./Loading.tsx";
import { Moment } from "./Moment.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

interface HookDeliveryItemProps {
  readonly delivery: HookDelivery;
  readonly now: number;
  readonly onReplay: () => void;
}

/** One line of the log; opened, its attempts and what is sent. */
export function HookDeliveryItem({ delivery, now, onReplay }: HookDeliveryItemProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const { icon, tone, words } = deliveryOutcome(delivery, now);
  return (
    <li className="entry delivery">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="entry-seq" aria-hidden="true" />
          <Moment at={delivery.createdAt} precision="second" />
          <span className="entry-kind">{HOOK_EVENT_WORDS[delivery.event]}</span>
          <span className="delivery-hook">{delivery.hook}</span>
          <span className={`delivery-outcome check-${tone}`}>
            <Icon name={icon} /> {words}
          </span>
        </summary>
        {open ? <Opened delivery={delivery} onReplay={onReplay} /> : null}
      </details>
    </li>
  );
}

function Opened({ delivery, onReplay }: Omit<HookDeliveryItemProps, "now">): JSX.Element {
  const query = useQuery(deliveryQuery(delivery.id));
  const message = query.data?.message ?? null;
  return (
    <div className="entry-body">
      <p className="delivery-says">
        {delivery.says}
        {delivery.model === null ? null : (
          <>
            {" "}
            <Link to="/models/$model" params={{ model: delivery.model }}>
              Decision room<span className="hidden"> of {delivery.model}</span>
            </Link>
          </>
        )}
      </p>
      <p>
        Its id, which the other end may know it again by: <code>{delivery.id}</code>
      </p>
      <Attempts delivery={delivery} />
      {query.isError ? <FailureNote title="What is sent can't be read" error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isPending ? <Loading what="what is sent" lines={3} /> : null}
      {query.data === undefined ? null : message === null ? (
        <p>The configuration has no hook of this name any more, so nothing is sent and it can&apos;t be told again.</p>
      ) : (
        <>
          <p className="delivery-part">
            Sent as <code>{message.contentType}</code>, without the headers that sign it
          </p>
          <ScrollRegion label={`What is sent of delivery ${delivery.id}`}>
            <pre>{bodyText(message.body)}</pre>
          </ScrollRegion>
          {delivery.status === "pending" ? null : (
            <button type="button" className="button button-small" onClick={onReplay}>
              Tell it again
            </button>
          )}
        </>
      )}
    </div>
  );
}

function Attempts({ delivery }: { readonly delivery: HookDelivery }): JSX.Element {
  const rows = attemptRows(delivery);
  if (rows.length === 0) return <p>{delivery.attempts === 0 ? "It was not tried yet." : "What came of each attempt was not kept."}</p>;
  return (
    <ScrollRegion label={`Attempts of delivery ${delivery.id}`}>
      <table className="attempts">
        <caption className="delivery-part">Attempts</caption>
        <thead>
          <tr>
            <th scope="col" className="number">
              No.
            </th>
            <th scope="col">At</th>
            <th scope="col" className="number">
              Took
            </th>
            <th scope="col">Came to</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- The rows of a log: a new one comes last, none ever moves.
            <Attempt key={place} row={row} />
          ))}
          {delivery.status === "pending" && delivery.nextAt !== null ? (
            <tr>
              <td className="number">–</td>
              <td>
                <Moment at={delivery.nextAt} precision="second" />
              </td>
              <td className="number">–</td>
              <td>is tried next</td>
            </tr>
          ) : null}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

const TONES = { delivered: ["pass", "pass"], retry: ["warn", "warn"], failed: ["fail", "fail"] } as const;

function Attempt({ row }: { readonly row: AttemptRow }): JSX.Element {
  if (row.kind === "replayed") {
    return (
      <tr>
        <td colSpan={4} className="quiet">
          told again by hand: counted from 1
        </td>
      </tr>
    );
  }
  if (row.kind !== "ended") {
    return (
      <tr>
        <td className="number">{row.number}</td>
        <td>–</td>
        <td className="number">–</td>
        <td>{row.kind === "lost" ? "no answer was written down: the process that made it ended" : "under way, or its process ended; it is made again"}</td>
      </tr>
    );
  }
  const { attempt, at, tookMs, kind, detail } = row.attempt;
  const [tone, icon] = TONES[kind];
  return (
    <tr>
      <td className="number">{attempt}</td>
      <td>
        <Moment at={at} precision="second" />
      </td>
      <td className="number">{milliseconds(tookMs)}</td>
      <td>
        <span className={`check-${tone}`}>
          <Icon name={icon} /> {detail}
        </span>
      </td>
    </tr>
  );
}
