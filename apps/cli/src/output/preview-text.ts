import type { Preview } from "@gauntlet/contract";

import { table } from "./table.ts";
import { share, verdictWord } from "./words.ts";

/** A preview for people: what is decided, whose share changes, how many units move, and what is done in which order. */
export function previewText({ model, decision, shares, moved, effects, stages }: Preview, colour: boolean): string {
  return [
    ...(decision === null ? [] : [`${verdictWord(decision.verdict, colour)} (${decision.reason})`, decision.sentence, ""]),
    ...(shares.length === 0 ? [`No traffic of ${model} moves.`] : [table(["SLOT", "VERSION", "NOW", "THEN"], shares.map((arm) => [arm.slot, arm.version, share(arm.before), share(arm.after)])), `${(moved * 100).toFixed(2)} % of the units move to another version.`]),
    "",
    ...(effects.length === 0 ? ["Nothing is changed."] : ["In this order:", ...effects.map((effect, index) => `${String(index + 1).padStart(3)}. ${effect}`)]),
    ...(stages.length === 0 ? [] : ["", `Stages: ${stages.map(({ name, basisPoints, dwellMs }) => `${name} ${share(basisPoints)}${dwellMs === null ? "" : basisPoints === 10_000 ? `, watched for ${days(dwellMs)}` : ` for at least ${days(dwellMs)}`}`).join(" → ")}`]),
  ].join("\n");
}

function days(ms: number): string {
  const hours = ms / 3_600_000;
  return hours % 24 === 0 ? `${hours / 24} d` : hours >= 1 ? `${Number(hours.toFixed(2))} h` : `${Number((ms / 60_000).toFixed(2))} min`;
}
