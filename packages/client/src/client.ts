import { assignments, type Assignments } from "./assignments.ts";
import { connection, type ClientOptions } from "./connection.ts";
import { decisions, type Decisions } from "./decisions.ts";
import { events, type Events } from "./events.ts";
import { experiments, type Experiments } from "./experiments.ts";
import { hooks, type Hooks } from "./hooks.ts";
import { matches, type Matches } from "./matches.ts";
import { models, type Models } from "./models.ts";
import { monitor, type Monitor } from "./monitor.ts";
import { outcomes, type Outcomes } from "./outcomes.ts";
import { policyVersions, type PolicyVersions } from "./policy-versions.ts";
import { productEvents, type ProductEvents } from "./product-events.ts";
import { ratings, type Ratings } from "./ratings.ts";
import { rollouts, type Rollouts } from "./rollouts.ts";
import { simulations, type Simulations } from "./simulations.ts";
import { sync, type Sync } from "./sync.ts";
import { tokens, type Tokens } from "./tokens.ts";

/** The HTTP API of a Gauntlet server, a noun for each part of it. Every call throws Failure: `code` to branch on, `message`, `fix`, `problems`. */
export interface GauntletClient {
  readonly url: string;
  readonly models: Models;
  readonly rollouts: Rollouts;
  readonly decisions: Decisions;
  readonly outcomes: Outcomes;
  readonly productEvents: ProductEvents;
  readonly events: Events;
  readonly assignments: Assignments;
  readonly experiments: Experiments;
  readonly policyVersions: PolicyVersions;
  readonly matches: Matches;
  readonly ratings: Ratings;
  readonly sync: Sync;
  readonly monitor: Monitor;
  readonly hooks: Hooks;
  readonly simulations: Simulations;
  readonly tokens: Tokens;
}

/** Makes no call yet. */
export function gauntlet(options: ClientOptions): GauntletClient {
  const server = connection(options);
  const modelsOf = models(server);
  return {
    url: server.url,
    models: modelsOf,
    rollouts: rollouts(server),
    decisions: decisions(server),
    outcomes: outcomes(server),
    productEvents: productEvents(server),
    events: events(server, modelsOf),
    assignments: assignments(server),
    experiments: experiments(server),
    policyVersions: policyVersions(server),
    matches: matches(server),
    ratings: ratings(server),
    sync: sync(server),
    monitor: monitor(server),
    hooks: hooks(server),
    simulations: simulations(server),
    tokens: tokens(server),
  };
}
