import { canonicalJson, Failure, type AliasEffect, type DocumentEffect, type Effect, type StageEffect, type TagEffect, type TrafficEffect } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import { findDecision } from "./find-decision.ts";
import { renderDocument } from "./render-document.ts";

/**
 * Makes one change to the outside world true, and proves it by reading back. Idempotent: an effect that is already
 * true is left alone. Returns a note for the ledger. The only place that knows all kinds of effects.
 *
 * @throws Failure with the port's code; `foreign_move` when somebody else changed what the plan relied on;
 * `read_back_mismatch` when the change was accepted and is not there.
 */
export async function applyEffect(controller: Controller, effect: Effect): Promise<string> {
  switch (effect.kind) {
    case "registry.alias":
      return applyAlias(controller, effect);
    case "registry.tag":
      return applyTag(controller, effect);
    case "registry.stage":
      return applyStage(controller, effect);
    case "traffic":
      return applyTraffic(controller, effect);
    case "document":
      return applyDocument(controller, effect);
  }
}

async function applyAlias(controller: Controller, effect: AliasEffect): Promise<string> {
  const { model, alias, version } = effect;
  const before = (await controller.registry.read(model, [])).aliases[alias] ?? null;
  if (before === version) return "was already so";
  if (!effect.expect.includes(before)) {
    if (effect.onForeign === "leave") return `left as somebody else set it: ${before ?? "absent"}`;
    if (effect.onForeign === "stop") throw foreignMove(effect, before);
  }
  await controller.registry.setAlias(model, alias, version);
  const after = (await controller.registry.read(model, [])).aliases[alias] ?? null;
  if (after !== version) throw mismatch(`alias "${alias}" of ${model}`, version, after);
  return `was ${before ?? "absent"}`;
}

async function applyTag(controller: Controller, effect: TagEffect): Promise<string> {
  const { model, version, name, value } = effect;
  const read = async () => (await controller.registry.read(model, [version])).versions.find((known) => known.version === version)?.tags[name] ?? null;
  if ((await read()) === value) return "was already so";
  await controller.registry.setTag(model, version, name, value);
  const after = await read();
  if (after !== value) throw mismatch(`tag "${name}" of ${model} version ${version}`, value, after);
  return "set";
}

async function applyStage(controller: Controller, effect: StageEffect): Promise<string> {
  const { model, version, stage } = effect;
  const read = async () => (await controller.registry.read(model, [version])).versions.find((known) => known.version === version)?.stage ?? null;
  if ((await read()) === stage) return "was already so";
  await controller.registry.setStage(model, version, stage, effect.archiveExisting);
  const after = await read();
  if (after !== stage) throw mismatch(`the stage of ${model} version ${version}`, stage, after);
  return "set";
}

async function applyTraffic(controller: Controller, effect: TrafficEffect): Promise<string> {
  const wanted = canonicalJson(effect.allocation);
  const before = await controller.traffic.read(effect.model);
  if (before !== null && canonicalJson(before) === wanted) return "was already so";
  if (before !== null && before.epoch > effect.allocation.epoch) {
    throw new Failure("stale_epoch", `the traffic of ${effect.model} is at epoch ${before.epoch}, beyond the planned ${effect.allocation.epoch}: somebody else changed it`);
  }
  await controller.traffic.apply(effect.allocation);
  const after = await controller.traffic.read(effect.model);
  if (after === null || canonicalJson(after) !== wanted) throw mismatch(`the split of ${effect.model}`, `epoch ${effect.allocation.epoch}`, after === null ? null : `epoch ${after.epoch}`);
  return before === null ? "was unknown" : `was epoch ${before.epoch}`;
}

async function applyDocument(controller: Controller, effect: DocumentEffect): Promise<string> {
  const content = renderDocument(effect.document, await findDecision(controller.store, effect.model, effect.decisionId));
  if ((await controller.artifacts.read(effect.runId, effect.document)) === content) return "was already so";
  await controller.artifacts.write(effect.runId, effect.document, content);
  if ((await controller.artifacts.read(effect.runId, effect.document)) !== content) throw mismatch(`${effect.document} of run ${effect.runId}`, "the rendered text", "another text");
  return "written";
}

function foreignMove(effect: AliasEffect, found: string | null): Failure {
  return new Failure("foreign_move", `alias "${effect.alias}" of ${effect.model} is ${found ?? "absent"}; ${effect.expect.map((value) => value ?? "absent").join(" or ")} was expected, so somebody else moved it`, {
    fix: "find out who moved it; then start a new rollout, or roll back to overwrite it",
  });
}

function mismatch(what: string, wanted: string | null, found: string | null): Failure {
  return new Failure("read_back_mismatch", `${what} was set to ${wanted ?? "absent"} and reads back as ${found ?? "absent"}`, {
    fix: "the registry or the target accepted a change it does not show; it is tried again",
  });
}
