import { randomStream } from "@gauntlet/core";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { STREAMS, type Platform } from "../platform/open-platform.ts";
import type { ModelType } from "../policies/bot-policy.ts";
import type { ServedModel } from "../serving/slots.ts";
import { decidedCycle, type CycleResult } from "./decided-cycle.ts";
import type { Season } from "./season.ts";
import { strengthOf } from "./strength.ts";

/** Of all families together, between two looks. */
const GAMES_A_LOOK = 60;
const LOOK_MS = 300_000;
/** Games of which nobody is told, and which the versions' true strength is known by. */
const CONTROL_GAMES = 400;
/** Cycles of a season that end at their first look. */
const COMPAT_CYCLES = 4;
/** More than the policy's maxGames allows. */
const LOOKS_MAX = 100;

/** A cycle of every family, at the same time; in compat mode four, one after another. In the order of their ends. */
export async function playCycles(season: Season): Promise<readonly CycleResult[]> {
  const rounds = season.options.mode === "compat" ? COMPAT_CYCLES : 1;
  const results: CycleResult[] = [];
  for (let round = 0; round < rounds; round++) results.push(...(await oneRound(season)));
  return results;
}

async function oneRound(season: Season): Promise<readonly CycleResult[]> {
  const { platform, clock, say, progress } = season;
  const results: CycleResult[] = [];
  const open = new Set<ModelType>(season.options.types);
  for (const type of open) await platform.cycles.begin(type);
  for (let look = 1; open.size > 0; look++) {
    if (look > LOOKS_MAX) throw new Error(`after ${season.arena.games} games there is no end of the cycle of ${[...open].join(", ")}`);
    await season.play(GAMES_A_LOOK, [...open]);
    await season.report();
    clock.moveTo(clock.now() + LOOK_MS);
    progress(`${season.arena.games} games, ${open.size} cycles are open`);
    for (const type of open) {
      const result = await lookAt(season, type);
      if (result === null) continue;
      open.delete(type);
      results.push(result);
      say(sentenceOf(result));
    }
  }
  return results;
}

/** Null while the cycle goes on. */
async function lookAt(season: Season, type: ModelType): Promise<CycleResult | null> {
  const { platform, options } = season;
  const playing = playingOf(platform, type);
  const { isRunning, detail } = await platform.cycles.look(type);
  if (isRunning) return null;
  await platform.app.models.refresh();
  return decidedCycle(detail, { type, mode: options.mode, strengths: strengthsOf(season, playing, `${type}-${detail.state.rollouts}`), document: await documentOf(season, playing.b) });
}

interface Playing {
  readonly production: ServedModel;
  readonly b: ServedModel;
}

function playingOf({ app }: Platform, type: ModelType): Playing {
  const [production, b] = [app.models.model(type, "Production"), app.models.model(type, "B")];
  if (production === null || b === null) throw new Error(`${type} has no model in a playing slot`);
  return { production, b };
}

/** By version. The same people, games and chances for both. */
function strengthsOf({ arena, options }: Season, { production, b }: Playing, name: string): ReadonlyMap<string, number> {
  const strength = (model: ServedModel): number => strengthOf(model, { people: arena.people, games: CONTROL_GAMES, random: randomStream(options.seed, STREAMS.control), name: `control-${name}` });
  return new Map([production, b].map((model) => [model.version, strength(model)]));
}

/** It is kept with the run of the challenger. */
async function documentOf({ server, options }: Season, { runId }: ServedModel): Promise<string> {
  const { run } = (await server.composition.mlflow.json({ method: "GET", path: "/api/2.0/mlflow/runs/get", query: { run_id: runId }, idempotent: true })) as { readonly run: { readonly info: { readonly artifact_uri: string } } };
  const document = join(options.dataDir, "artifacts", run.info.artifact_uri.replace(/^mlflow-artifacts:\/+/, ""), "decision.md");
  if (!existsSync(document)) throw new Error(`there is no decision document at ${document}`);
  return document;
}

function sentenceOf({ name, verdict, reason, production, b }: CycleResult): string {
  const share = ({ games, wins, ties }: CycleResult["b"]): string => `${games === 0 ? "–" : Math.round((100 * (wins + ties / 2)) / games)} % of ${games}`;
  return `${name}: ${verdict}, ${reason}; B (version ${b.version}) won ${share(b)} games, Production (version ${production.version}) ${share(production)}`;
}
