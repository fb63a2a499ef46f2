import type { SignedFiles } from "@gauntlet/core";
import { createHash } from "node:crypto";

import { fieldsOf, jsonOf } from "../json/read-json.ts";
import { refused } from "./read-bundle.ts";

const STATEMENT = "https://in-toto.io/Statement/v1";
const PREDICATE = "https://model_signing/signature/v1.0";
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * The files that a statement of model_signing lists, each by its SHA-256.
 * @throws Failure `invalid_input` for another statement, other digests than of whole files, a path that leaves the model, and a
 * statement that contradicts itself.
 */
export function readStatement(payload: Buffer): SignedFiles {
  const statement = fieldsOf(jsonOf(payload.toString()));
  const { _type, predicateType, predicate, subject } = statement;
  if (_type !== STATEMENT || predicateType !== PREDICATE) throw refused(`what is signed is no statement of a model's files: it is ${JSON.stringify(String(predicateType ?? _type).slice(0, 100))}, not ${PREDICATE}`);
  const { serialization, resources } = fieldsOf(predicate);
  const { method, hash_type: hash, ignore_paths: ignored = [] } = fieldsOf(serialization);
  if (method !== "files" || hash !== "sha256") throw refused(`the files were signed as ${String(method).slice(0, 40)} by ${String(hash).slice(0, 40)}; whole files by sha256 are read`);
  if (!Array.isArray(resources) || resources.length === 0 || !Array.isArray(ignored)) throw refused("the signed statement lists no files");
  const files = resources.map((one: unknown) => fileOf(fieldsOf(one)));
  if (new Set(files.map(({ path }) => path)).size !== files.length) throw refused("the signed statement lists a file twice");
  requireSubject(subject, files);
  // Paths outside the model were never among its files.
  return { files, ignored: ignored.filter((path): path is string => typeof path === "string" && isWithin(path)) };
}

function fileOf({ name, algorithm, digest }: Readonly<Record<string, unknown>>): SignedFiles["files"][number] {
  if (typeof name !== "string" || algorithm !== "sha256" || typeof digest !== "string" || !SHA256.test(digest)) throw refused("the signed statement lists a file without a name and a SHA-256");
  if (!isWithin(name)) throw refused(`the signed statement lists ${JSON.stringify(name.slice(0, 200))}, which is no path within a model`);
  return { path: name, sha256: digest };
}

function isWithin(path: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !/[\\\u0000-\u001f\u007f]/.test(part));
}

/** The subject's digest is that of the files' digests, in their order. */
function requireSubject(subject: unknown, files: SignedFiles["files"]): void {
  const listed: readonly unknown[] = Array.isArray(subject) ? subject : [];
  const { sha256 } = fieldsOf(fieldsOf(listed[0])["digest"]);
  const hash = createHash("sha256");
  for (const file of files) hash.update(Buffer.from(file.sha256, "hex"));
  if (listed.length !== 1 || sha256 !== hash.digest("hex")) throw refused("the signed statement contradicts itself: its subject's digest is not that of its files");
}
