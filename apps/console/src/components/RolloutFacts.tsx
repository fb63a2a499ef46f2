import type { ModelDetail } from "@gauntlet/contract";
import { toNumber, type AbtestPolicy, type Policy, type RampPolicy, type RatingPolicy, type Rollout, type VersionRef, type SlotsPolicy } from "@gauntlet/core";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { plain } from "../format/number.ts";
import { duration } from "../format/time.ts";
import { STATUS_WORDS } from "../format/words.ts";
import { Digest } from "./Digest.tsx";
import { Figures, type Figure } from "./Figures.tsx";
import { Panel } from "./Panel.tsx";
import { Version } from "./Version.tsx";

/** What is tested, under which policy, and what the registry shows now. */
export function RolloutFacts({ detail }: { readonly detail: ModelDetail }): JSX.Element | null {
  const rollout = detail.state.rollout;
  if (rollout === null) return null;
  return (
    <Panel title="Rollout" note={STATUS_WORDS[rollout.status]}>
      <Figures
        figures={[
          { name: "Rollout", value: <code>{rollout.id}</code> },
          { name: "Champion", value: <Ref version={rollout.champion} /> },
          { name: "Challenger", value: <Ref version={rollout.challenger} /> },
          ...policyFigures(rollout),
          { name: "Aliases now", value: <Aliases aliases={detail.aliases} /> },
        ]}
      />
    </Panel>
  );
}

function policyFigures({ policy, policyDigest }: Rollout): readonly Figure[] {
  return [
    {
      name: "Policy",
      value: (
        <>
          {policy.name} <span className="quiet">({policy.kind}, {policy.mode})</span> {policy.kind === "rating" || policy.kind === "slots" ? null : <Simulate model={policy.model} />}
        </>
      ),
    },
    { name: "Policy digest", value: <Digest value={policyDigest} /> },
    ...figuresOf(policy),
  ];
}

/** Outcomes are simulated; matches are not. */
function Simulate({ model }: { readonly model: string }): JSX.Element {
  return (
    <Link to="/simulate" search={{ model }}>
      simulate<span className="hidden"> this policy</span>
    </Link>
  );
}

function figuresOf(policy: Policy): readonly Figure[] {
  switch (policy.kind) {
    case "abtest":
      return abtestFigures(policy);
    case "ramp":
      return rampFigures(policy);
    case "rating":
      return ratingFigures(policy);
    case "slots":
      return slotsFigures(policy);
  }
}

function slotsFigures({ slots, mode, minGames, maxGames, reorder }: SlotsPolicy): readonly Figure[] {
  const order = mode === "compat" ? "as they are, at the end of each cycle" : reorder === null ? "never" : `where surely different, from ${plain(reorder.minPredictions)} predictions of each`;
  return [
    { name: "Slots", value: slots.join(", ") },
    { name: "Games at least", value: `${plain(minGames)} of each of the first two${mode === "compat" ? ", since ever" : ", of this cycle"}` },
    ...(maxGames === null ? [] : [{ name: "Games at most", value: `${plain(maxGames)} of both` }]),
    { name: "Ordered by accuracy", value: order },
  ];
}

function ratingFigures({ promotion, board, players, criteria, mode, sprt, tier }: RatingPolicy): readonly Figure[] {
  const least = toNumber(criteria.minEloImprovement);
  return [
    { name: "Promotion", value: tier === null ? promotion : `${promotion} ${tier.target}` },
    { name: "Matches", value: `${board}, ${players} players` },
    { name: "Gain asked for", value: mode === "strict" ? `above ${plain(least)} Elo, proven; nearly sure from ${plain(least + toNumber(sprt.width))}` : `${plain(least)} Elo` },
    { name: "Games at least", value: plain(tier?.minGames ?? criteria.minGames) },
  ];
}

function rampFigures({ stages, control, maturityMs }: RampPolicy): readonly Figure[] {
  return [
    { name: "Stages", value: stages.map(({ basisPoints, dwellMs }) => `${basisPoints / 100} %${dwellMs === null ? "" : ` ${basisPoints === 10_000 ? "watched " : ""}for ${duration(dwellMs)}`}`).join(", ") },
    { name: "Compared with", value: control === "equal" ? "a cohort of the champion's as large as its own" : "all that the champion serves" },
    { name: "Judged after", value: maturityMs === 0 ? "at once" : duration(maturityMs) },
  ];
}

function abtestFigures(policy: AbtestPolicy): readonly Figure[] {
  return [
    { name: "Window", value: policy.window.minMs === policy.window.maxMs ? duration(policy.window.minMs) : `${duration(policy.window.minMs)} to ${duration(policy.window.maxMs)}` },
    { name: "Judged", value: policy.monitoring === "continuous" ? "at every tick, by evidence that holds under any peeking" : "at looks fixed in advance" },
    ...(policy.watchMs === undefined ? [] : [{ name: "Before its promotion", value: `watched with all traffic for ${duration(policy.watchMs)}` }]),
    { name: "Labels mature after", value: duration(policy.labels.maturityMs) },
    { name: "Pairs", value: policy.shadow ? "yes: every request is mirrored to a shadow" : "no: the versions answer different requests" },
  ];
}

function Ref({ version }: { readonly version: VersionRef }): JSX.Element {
  return (
    <>
      <Version version={version.version} /> {version.digest === null ? version.files === undefined && <span className="quiet">no digest</span> : <Digest value={version.digest} length={10} />}
      {version.files === undefined ? null : (
        <>
          {" "}
          files <Digest value={version.files} length={10} />
        </>
      )}
      {version.threshold === null ? null : <span className="quiet"> threshold {plain(version.threshold)}</span>}
    </>
  );
}

function Aliases({ aliases }: { readonly aliases: ModelDetail["aliases"] }): JSX.Element {
  if (aliases === null) return <span className="quiet">the registry can't be read</span>;
  const names = Object.keys(aliases).toSorted();
  if (names.length === 0) return <span className="quiet">none</span>;
  return (
    <ul className="plain-list">
      {names.map((name) => (
        <li key={name}>
          {name} → <Version version={aliases[name] ?? ""} />
        </li>
      ))}
    </ul>
  );
}
