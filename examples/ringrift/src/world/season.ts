import { nameInRound, resultOf, type Api, type Stage } from "@gauntlet/example-shared";

import type { TrainingLoop } from "../loop/training-loop.ts";
import { ANCHOR } from "../nodes/ratings-config.ts";
import { RING37 } from "../rules/board.ts";
import { trainVersion } from "../training/train-version.ts";
import { BOTS, firstVersion, STONES, train, type Contestant, type TrainedContestant } from "./contestants.ts";
import type { Fixture, League } from "./league.ts";
import { addVersion, policyText, type Lineage, type PromotionType } from "./lineage.ts";
import type { RingriftRun } from "./run-world.ts";
import { playApart, type Separation } from "./separation.ts";

export interface Season extends Stage {
  readonly api: Api;
  readonly league: League;
  readonly lineages: readonly Lineage[];
  readonly round: number;
  readonly loop: TrainingLoop;
  readonly dataDir: string;
  readonly openings: number;
  readonly seed: number;
}

/** Hours that a new version plays before anything is asked of it. */
const PLACEMENT_HOURS = 2;
/** More than any promotion takes. */
const HOURS_MAX = 60;
const WATCHED_HOURS_MAX = 24;
const HOUR_MS = 3_600_000;

/**
 * Three training runs, and what becomes of each. The first version is stronger than the one that only counts stones, and goes
 * by staging to production; the second is as strong as the first, and is retained; the third is stronger again, climbs a tier
 * and becomes champion, until a faulty release of the nodes' software takes its strength, and the monitor its place.
 */
export async function playSeason(season: Season): Promise<{ readonly runs: readonly RingriftRun[]; readonly separation: Separation }> {
  const { league, round, seed, say } = season;
  const named = (participant: string) => nameInRound(participant, round);
  for (const bot of BOTS) await league.load(bot);
  const first = firstVersion();
  await join(season, first);
  for (const { model, versions } of season.lineages) await season.server.composition.controller.registry.setAlias(model, "champion", (versions.get(ANCHOR) as { readonly version: string }).version);

  const one = train({ participant: named("run-1"), teacher: STONES, games: 120, seed: 10 * seed + 1, nodes: 60 });
  await join(season, one);
  const separation = await separate(season, one, first);
  const runs = [...(await promote(season, { type: "staging", challenger: one, champion: first, expected: "promote" })), ...(await promote(season, { type: "production", challenger: one, champion: first, expected: "promote" }))];

  const two = train({ participant: named("run-2"), teacher: STONES, games: 120, seed: 10 * seed + 2, nodes: 60 });
  await join(season, two);
  await place(season, two, one);
  runs.push(...(await promote(season, { type: "staging", challenger: two, champion: one, expected: "retain" })));

  const three = train({ participant: named("run-3"), teacher: one.version, games: 120, seed: 10 * seed + 3, nodes: 200 });
  await join(season, three);
  await place(season, three, one);
  runs.push(...(await promote(season, { type: "tier", challenger: three, champion: one, expected: "promote" })), ...(await promote(season, { type: "champion", challenger: three, champion: one, expected: "promote" })));

  await place(season, three, one);
  say(`a new release of the nodes' software reads the weights of ${three.participant} without their signs`);
  await league.load(three, "faulty");
  const crowned = season.lineages.filter(({ mode }) => runs.some((run) => run.name === "champion" && run.mode === mode && run.verdict === "promote"));
  runs.push(...(await watch({ ...season, lineages: crowned }, three, one)));
  return { runs, separation };
}

/** Every node can play it, and the registry has it. */
async function join({ league, lineages, server, clock, say }: Season, contestant: TrainedContestant): Promise<void> {
  await league.load(contestant);
  for (const lineage of lineages) await addVersion(lineage, contestant, { server, at: clock.now() });
  say(`${contestant.participant} is registered: it looks at ${contestant.version.nodes} positions before a move, and the mean square of what its predictions are off by is ${contestant.valueMse.toFixed(3)}`);
}

async function place(season: Season, challenger: Contestant, champion: Contestant): Promise<void> {
  for (let hour = 0; hour < PLACEMENT_HOURS; hour++) await playHour(season, challenger, champion);
}

/** North has an early checkpoint of the version when it is cut off, and plays on with it. */
async function separate(season: Season, challenger: Contestant, champion: Contestant): Promise<Separation> {
  const { league, say, seed } = season;
  const checkpoint = { participant: challenger.participant, version: trainVersion({ board: RING37, player: STONES, games: 2, seed: 10 * seed + 1 }, 20) };
  await league.load(checkpoint, "sound", ["north"]);
  const separation = await playApart(league, { node: "north", substitute: "east", fixtures: fixturesOf(season, challenger, champion), hours: PLACEMENT_HOURS });
  await league.load(challenger, "sound", ["north"]);
  say(`north was cut off for ${separation.hours} hours: ratings ${separation.maxRatingDiff} points apart, ${separation.conflicts} games of which two versions are held; reconciled, ${separation.digestsEqualAfterwards ? "to the last bit" : "not equal"}`);
  return separation;
}

interface Promotion {
  readonly type: PromotionType;
  readonly challenger: Contestant;
  readonly champion: Contestant;
  readonly expected: string;
}

/** Asks for a promotion in every lineage, and plays until each is decided. */
async function promote(season: Season, { type, challenger, champion, expected }: Promotion): Promise<readonly RingriftRun[]> {
  const { lineages, loop, clock, progress, say } = season;
  const askedAt = clock.now();
  for (const lineage of lineages) {
    const { effects } = await loop.evaluate({ model: lineage.model, version: versionOf(lineage, challenger), policy: policyText(type, lineage) });
    if (lineage === lineages[0]) say(`${challenger.participant} asks for ${type}: ${effects[0] ?? "nothing is changed at the start"}`);
  }
  const runs = new Map<Lineage, RingriftRun>();
  for (let hour = 1; runs.size < lineages.length; hour++) {
    if (hour > HOURS_MAX) throw new Error(`after ${HOURS_MAX} hours ${type} of ${challenger.participant} is not decided`);
    await playHour(season, challenger, champion);
    progress(`${type} of ${challenger.participant}, hour ${hour}, ${lineages.length - runs.size} to be decided`);
    for (const lineage of lineages) {
      if (runs.has(lineage)) continue;
      const { status, applying } = await loop.cycle(lineage.model);
      if (status !== "running" && !applying) runs.set(lineage, await runOf(season, lineage, { name: type, challenger, askedAt, expected }));
    }
  }
  return lineages.flatMap((lineage) => runs.get(lineage) ?? []);
}

/** The champion plays on, and nobody touches anything: what watches it is the monitor of its policy. */
async function watch(season: Season, challenger: Contestant, champion: Contestant): Promise<readonly RingriftRun[]> {
  const { lineages, loop, clock, progress, say } = season;
  const askedAt = clock.now();
  const runs = new Map<Lineage, RingriftRun>();
  for (let hour = 1; hour <= WATCHED_HOURS_MAX && runs.size < lineages.length; hour++) {
    await playHour(season, challenger, champion);
    progress(`${challenger.participant} is watched, hour ${hour}`);
    for (const lineage of lineages) {
      if (runs.has(lineage)) continue;
      const { status, applying } = await loop.cycle(lineage.model);
      const health = await loop.health(lineage.model);
      say(`hour ${hour}, ${lineage.mode}: ${health.status.replace("_", " ")}. ${health.triggered?.says ?? health.says ?? ""}`);
      if (status === "rolled_back" && !applying) runs.set(lineage, await runOf(season, lineage, { name: "monitor", challenger, askedAt, expected: "rollback" }));
    }
  }
  for (const lineage of lineages) if (!runs.has(lineage)) runs.set(lineage, await runOf(season, lineage, { name: "monitor", challenger, askedAt, expected: "rollback" }));
  return lineages.flatMap((lineage) => runs.get(lineage) ?? []);
}

interface Ended {
  readonly name: string;
  readonly challenger: Contestant;
  readonly askedAt: number;
  readonly expected: string;
}

async function runOf({ api, dataDir }: Season, lineage: Lineage, { name, challenger, askedAt, expected }: Ended): Promise<RingriftRun> {
  const { mode, model, versions } = lineage;
  const folder = versions.get(challenger.participant)?.folder ?? "";
  const { result, at } = await resultOf({ name, mode, model, folder }, api, dataDir);
  return { ...result, participant: challenger.participant, hours: Math.round((at - askedAt) / HOUR_MS), expected };
}

function versionOf({ versions, model }: Lineage, { participant }: Contestant): string {
  const version = versions.get(participant)?.version;
  if (version === undefined) throw new Error(`${participant} is no version of ${model}`);
  return version;
}

async function playHour(season: Season, challenger: Contestant, champion: Contestant): Promise<void> {
  await season.league.hour(fixturesOf(season, challenger, champion));
}

/** On each node: pairs of the two, and games with the bots, so that everybody is comparable with everybody. */
function fixturesOf({ openings }: Season, { participant: challenger }: Contestant, { participant: champion }: Contestant): readonly Fixture[] {
  return [
    { players: [challenger, champion], openings },
    { players: [challenger, "stones-20"], openings: 1 },
    { players: [challenger, "stones-200"], openings: 1 },
    { players: [champion, "stones-200"], openings: 1 },
    ...(champion === ANCHOR ? [] : [{ players: [champion, ANCHOR], openings: 1 }]),
    { players: [challenger, champion, "stones-200"], openings: 1 },
    { players: [challenger, champion, "stones-20", "stones-200"], openings: 1 },
  ];
}
