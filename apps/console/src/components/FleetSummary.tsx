import type { Fleet } from "@gauntlet/contract";
import type { JSX } from "react";

import { attentionOf } from "../format/attention.ts";
import { count } from "../format/number.ts";

/** The fleet in one line of figures. */
export function FleetSummary({ fleet }: { readonly fleet: Fleet }): JSX.Element {
  const { models } = fleet;
  const needing = models.filter((model) => attentionOf(model) !== null).length;
  const running = models.filter((model) => model.status === "running").length;
  const failing = models.filter((model) => attentionOf(model) === "failing").length;
  return (
    <dl className="fleet-summary">
      <Tile name={models.length === 1 ? "model" : "models"} value={models.length} />
      <Tile name="running" value={running} />
      <Tile name={needing === 1 ? "needs a person" : "need a person"} value={needing} tone={needing > 0 ? "warn" : "plain"} />
      <Tile name="failing to apply" value={failing} tone={failing > 0 ? "bad" : "plain"} />
    </dl>
  );
}

function Tile({ name, value, tone = "plain" }: { readonly name: string; readonly value: number; readonly tone?: "plain" | "warn" | "bad" }): JSX.Element {
  return (
    <div className={`tile tile-${tone}`}>
      <dt>{name}</dt>
      <dd>{count(value)}</dd>
    </div>
  );
}
