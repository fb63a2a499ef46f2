import { allocate, Failure, type Allocation, type Share } from "@gauntlet/core";

import { EXIT, type Cli } from "../output/cli.ts";
import { configOf, reading } from "../session/open-session.ts";
import { previewing, type PreviewOf } from "../session/previewing.ts";
import { readNamed } from "../session/read-named.ts";

/** The target's manifest with the split that a plan waits for, or else the one that would follow. Applies nothing. */
export async function planManifest(cli: Cli, of: PreviewOf, file: string): Promise<number> {
  const model = of.kind === "next" ? of.model : of.policy.model;
  const { targets } = await configOf(cli);
  const target = Object.hasOwn(targets, model) ? targets[model] : undefined;
  if (target === undefined) throw new Failure("invalid_input", `${model} has no target, so that no manifest says its split`, { fix: "name the serving system under targets in gauntlet.yaml" });
  const text = readNamed(cli, "manifest", file);
  const allocation = (of.kind === "next" ? await waitedFor(cli, model) : null) ?? (await following(cli, of, model));
  if (allocation === null) cli.note(`note: no traffic of ${model} moves`);
  const { manifestWithSplit } = await import("@gauntlet/server");
  cli.stdout.write(allocation === null ? text : manifestWithSplit({ target, text, file, allocation }));
  return EXIT.ok;
}

/** What the plan that is at work wants; null when none is, or it moves nothing. */
function waitedFor(cli: Cli, model: string): Promise<Allocation | null> {
  return reading(cli, async (store) => {
    const { readState } = await import("@gauntlet/server");
    const { pending } = await readState({ store }, model);
    return pending?.plan.effects.find((effect) => effect.kind === "traffic")?.allocation ?? null;
  });
}

async function following(cli: Cli, of: PreviewOf, model: string): Promise<Allocation | null> {
  const { shares } = await previewing(cli, of);
  if (shares.length === 0) return null;
  const policy = of.kind === "start" ? of.policy : null;
  const shadow = policy !== null && "shadow" in policy && policy.shadow;
  const challenger = of.kind === "start" ? of.challenger : null;
  const wanted: Share[] = shares.filter(({ version, after }) => after > 0 || (shadow && version === challenger)).map(({ slot, version, after }) => ({ slot, version, basisPoints: after }));
  return allocate({ model, epoch: 0, seed: "manifest", shares: wanted, shadow });
}
