import { splitOf } from "@gauntlet/adapters";
import { Failure, type Allocation } from "@gauntlet/core";
import { isScalar, parseAllDocuments, type Document } from "yaml";

import type { Config } from "../config/config.ts";
import { splitMapping } from "./open-targets.ts";

/**
 * The text of a manifest with the split of an allocation, for a pull request: only the numbers change, so that comments,
 * order and other documents of the file stay. `file` is named in errors.
 *
 * @throws Failure `not_found` when the target's object isn't in it, `traffic_refused` when that lacks something.
 */
export function manifestWithSplit({ target, text, file, allocation }: { readonly target: Config["targets"][string]; readonly text: string; readonly file: string; readonly allocation: Allocation }): string {
  const mapping = splitMapping(target);
  const documents = parseAllDocuments(text);
  const wrong = documents.flatMap(({ errors }) => errors)[0];
  if (wrong !== undefined) throw new Failure("invalid_input", `${file} is no YAML: ${wrong.message.split("\n", 1)[0] ?? ""}`, { fix: "give the manifest as it is in Git" });
  const { kind } = mapping.resource;
  const found = documents.find((document) => document.get("kind") === kind && document.getIn(["metadata", "name"]) === target.name && [target.namespace, undefined].includes(document.getIn(["metadata", "namespace"]) as string | undefined));
  if (found === undefined) throw new Failure("not_found", `${file} has no ${kind} ${target.namespace}/${target.name}`, { fix: "name the file that the target's object is kept in" });
  const object = found.toJS() as { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> }; readonly spec?: Readonly<Record<string, unknown>> };
  const spec = object.spec ?? {};
  const fields = mapping.fields({ ...object, spec, metadata: { namespace: target.namespace, uid: "", resourceVersion: "", ...object.metadata } }, splitOf(allocation));
  const changes = changesOf({ path: ["spec"], before: spec, after: fields }, false);
  return spliced(text, found, changes) ?? rewritten(documents, found, changes);
}

interface Change {
  readonly path: readonly (string | number)[];
  readonly before: unknown;
  /** undefined: it goes. */
  readonly after: unknown;
}

/** The smallest changes. What `after` doesn't name stays, but inside of lists, which are given whole. */
function changesOf({ path, before, after }: Change, isWhole: boolean): readonly Change[] {
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) return after.flatMap((item, index) => changesOf({ path: [...path, index], before: before[index], after: item }, true));
  if (isFields(before) && isFields(after)) {
    const gone = isWhole ? Object.keys(before).filter((key) => !Object.hasOwn(after, key)) : [];
    return [...Object.keys(after), ...gone].flatMap((key) => changesOf({ path: [...path, key], before: before[key], after: after[key] }, isWhole));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** Numbers that stand there are exchanged in the text itself, of which nothing else changes; null when that isn't all. */
function spliced(text: string, document: Document, changes: readonly Change[]): string | null {
  const places = changes.map(({ path, after }) => {
    const node: unknown = document.getIn(path, true);
    return isScalar(node) && node.range != null && (typeof after === "number" || typeof after === "boolean") ? { from: node.range[0], to: node.range[1], by: String(after) } : null;
  });
  if (places.includes(null)) return null;
  let result = text;
  for (const place of places.toSorted((a, b) => (b?.from ?? 0) - (a?.from ?? 0))) if (place !== null) result = result.slice(0, place.from) + place.by + result.slice(place.to);
  return result;
}

/** What is added or goes makes the file be written anew: comments and order stay, its indentation may change. */
function rewritten(documents: readonly Document[], document: Document, changes: readonly Change[]): string {
  for (const { path, after } of changes) {
    if (after === undefined) document.deleteIn(path);
    else document.setIn(path, document.createNode(after));
  }
  return documents.map((one, index) => `${index === 0 ? "" : "---\n"}${one.toString({ lineWidth: 0, directives: false })}`).join("");
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
