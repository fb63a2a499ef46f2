import { canonicalJson, Failure, type AliasEffect, type DocumentEffect, type Effect, type StageEffect, type TagEffect, type TrafficEffect } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import { readVersion } from "./departures.ts";
import { documentFiles, type DocumentFile } from "./document-files.ts";
import { requireLeading, type Leadership } from "./leadership.ts";

/**
 * Makes one change to the outside world true, and proves it by reading back. Idempotent: an effect that is already
 * true is left alone. Returns a note for the ledger. The only place that knows all kinds of effects.
 *
 * @throws Failure with the port's code; `foreign_move` when somebody else changed what the plan relied on;
 * `read_back_mismatch` when the change was accepted and is not there; `fenced` when leadership ran out before the write.
 */
export async function applyEffect(controller: Controller, effect: Effect, leadership: Leadership): Promise<string> {
  const mayWrite = (): void => requireLeading(controller, leadership);
  switch (effect.kind) {
    case "registry.alias":
      return applyAlias(controller, effect, mayWrite);
    case "registry.tag":
      return applyTag(controller, effect, mayWrite);
    case "registry.stage":
      return applyStage(controller, effect, mayWrite);
    case "traffic":
      return applyTraffic(controller, effect, mayWrite);
    case "document":
      return applyDocument(controller, effect, mayWrite);
  }
}

/** What is said of a version or a run that the registry has no more: it can't keep a promotion from being taken back. */
const GONE = "left out: it is gone from the registry";

async function applyAlias(controller: Controller, effect: AliasEffect, mayWrite: () => void): Promise<string> {
  const { model, alias, version } = effect;
  const before = (await controller.registry.read(model, [])).aliases[alias] ?? null;
  if (before === version) return "was already so";
  if (!effect.expect.includes(before)) {
    if (effect.onForeign === "leave") return `left as somebody else set it: ${before ?? "absent"}`;
    if (effect.onForeign === "stop") throw foreignMove(effect, before);
  }
  mayWrite();
  await controller.registry.setAlias(model, alias, version);
  const after = (await controller.registry.read(model, [])).aliases[alias] ?? null;
  if (after !== version) throw mismatch(`alias "${alias}" of ${model}`, version, after);
  return `was ${before ?? "absent"}`;
}

async function applyTag(controller: Controller, effect: TagEffect, mayWrite: () => void): Promise<string> {
  const { model, version, name, value } = effect;
  const [before] = await readVersion(controller, model, version);
  if (before === undefined) return GONE;
  if (before.tags[name] === value) return "was already so";
  mayWrite();
  await controller.registry.setTag(model, version, name, value);
  const after = (await readVersion(controller, model, version))[0]?.tags[name] ?? null;
  if (after !== value) throw mismatch(`tag "${name}" of ${model} version ${version}`, value, after);
  return "set";
}

async function applyStage(controller: Controller, effect: StageEffect, mayWrite: () => void): Promise<string> {
  const { model, version, stage } = effect;
  const [before] = await readVersion(controller, model, version);
  if (before === undefined) return GONE;
  if (before.stage === stage) return "was already so";
  mayWrite();
  await controller.registry.setStage(model, version, stage, effect.archiveExisting);
  const after = (await readVersion(controller, model, version))[0]?.stage ?? null;
  if (after !== stage) throw mismatch(`the stage of ${model} version ${version}`, stage, after);
  return "set";
}

async function applyTraffic(controller: Controller, effect: TrafficEffect, mayWrite: () => void): Promise<string> {
  const wanted = canonicalJson(effect.allocation);
  const before = await controller.traffic.read(effect.model);
  if (before !== null && canonicalJson(before) === wanted) return "was already so";
  if (before !== null && before.epoch > effect.allocation.epoch) {
    throw new Failure("stale_epoch", `the traffic of ${effect.model} is at epoch ${before.epoch}, beyond the planned ${effect.allocation.epoch}: somebody else changed it`);
  }
  mayWrite();
  await controller.traffic.apply(effect.allocation);
  const after = await controller.traffic.read(effect.model);
  if (after === null || canonicalJson(after) !== wanted) throw mismatch(`the split of ${effect.model}`, `epoch ${effect.allocation.epoch}`, after === null ? null : `epoch ${after.epoch}`);
  return before === null ? "was unknown" : `was epoch ${before.epoch}`;
}

async function applyDocument(controller: Controller, effect: DocumentEffect, mayWrite: () => void): Promise<string> {
  const notes: string[] = [];
  for (const file of await documentFiles(controller, effect)) notes.push(await applyFile(controller, { ...file, runId: effect.runId }, mayWrite));
  return notes.find((note) => note === GONE) ?? notes.find((note) => note === WRITTEN) ?? "was already so";
}

const WRITTEN = "written";

async function applyFile({ artifacts }: Controller, { runId, path, content }: DocumentFile & { readonly runId: string }, mayWrite: () => void): Promise<string> {
  try {
    if ((await artifacts.read(runId, path)) === content) return "was already so";
  } catch (error) {
    if (error instanceof Failure && error.code === "not_found") return GONE;
    throw error;
  }
  mayWrite();
  await artifacts.write(runId, path, content);
  if ((await artifacts.read(runId, path)) !== content) throw mismatch(`${path} of run ${runId}`, "the rendered text", "another text");
  return WRITTEN;
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
