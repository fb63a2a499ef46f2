import { compareFiles, Failure, filesDigest, type ArtifactRules, type ArtifactView, type SignatureRule, type SignatureView, type VersionFile } from "@gauntlet/core";

import type { Controller } from "./controller.ts";

export interface ArtifactRequest {
  readonly model: string;
  readonly version: string;
  readonly rules: Pick<ArtifactRules, "signature">;
  /** Called while it takes long; left out where nothing runs out. */
  readonly beat?: () => Promise<void>;
}

/** Reads every file of a version now, and verifies the signature that the rules ask for. @throws Failure as VersionFiles does. */
export async function readArtifact(controller: Controller, { model, version, rules, beat = noBeat }: ArtifactRequest): Promise<ArtifactView> {
  const { signature: rule } = rules;
  if (rule !== null) requireKeys(controller, rule);
  const files = await filesBut(rule?.file, filesOf(controller).list(model, version, beat));
  return {
    digest: filesDigest(files),
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(rule === null ? {} : { signature: await verify(controller, { model, version, rule, files }) }),
  };
}

/** The digest of a version's files as they are now, but for one. @throws Failure as VersionFiles does. */
export async function digestNow(controller: Controller, { model, version, except }: { readonly model: string; readonly version: string; readonly except: string | undefined }, beat: () => Promise<void>): Promise<string> {
  return filesDigest(await filesBut(except, filesOf(controller).list(model, version, beat)));
}

async function filesBut(except: string | undefined, all: Promise<readonly VersionFile[]>): Promise<readonly VersionFile[]> {
  return (await all).filter(({ path }) => path !== except);
}

/** @throws Failure `invalid_input` for a process that has nowhere to read files from. */
function filesOf({ versionFiles }: Controller): NonNullable<Controller["versionFiles"]> {
  if (versionFiles === undefined) throw new Failure("invalid_input", "the policy asks for the files of versions, and this process has no registry to read them from", { fix: "run it with a registry, or leave artifact out of the policy" });
  return versionFiles;
}

interface Verification {
  readonly model: string;
  readonly version: string;
  readonly rule: SignatureRule;
  readonly files: readonly VersionFile[];
}

async function verify(controller: Controller, { model, version, rule, files }: Verification): Promise<SignatureView> {
  const text = await filesOf(controller).text(model, version, rule.file);
  if (text === null) return { kind: "invalid", why: "missing", detail: `there is no file ${JSON.stringify(rule.file)} beside the others.` };
  const opened = requireKeys(controller, rule).open(text, rule.keys);
  if (opened.kind === "refused") return { kind: "invalid", why: opened.why, detail: opened.detail };
  const difference = compareFiles(files, opened.signed);
  return difference === null ? { kind: "valid", key: opened.key, keyId: opened.keyId } : { kind: "invalid", why: "files", detail: difference };
}

/** @throws Failure `invalid_input` for keys that the configuration does not have. */
function requireKeys({ modelKeys }: Controller, { keys }: SignatureRule): NonNullable<Controller["modelKeys"]> {
  const unknown = keys.filter((key) => modelKeys?.names.includes(key) !== true);
  if (modelKeys !== undefined && unknown.length === 0) return modelKeys;
  throw new Failure("invalid_input", `the policy asks for signatures by ${unknown.map((key) => `"${key}"`).join(", ")}, and the configuration has no such key`, { fix: "name it under modelKeys in gauntlet.yaml, or correct artifact.signature.keys in the policy" });
}

async function noBeat(): Promise<void> {
  // Nothing runs out.
}
