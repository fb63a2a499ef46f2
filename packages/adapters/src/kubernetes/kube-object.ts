import { fieldsOf, type Fields } from "../json/read-json.ts";

/** An object as the API server shows it; what isn't named here is passed on as it came. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: Fields;
  readonly status?: Fields;
}

interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly ManagedFields[];
}

interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: Fields;
}

/** What an API server calls a kind of object. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

/** One object, by name. */
export interface ObjectPlace {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

/** For people: `HTTPRoute models/fraud`. */
export function sayPlace({ resource, namespace, name }: ObjectPlace): string {
  return `${resource.kind} ${namespace}/${name}`;
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

interface Condition {
  readonly status: string;
  readonly message: string;
  readonly observedGeneration: number | null;
}

/** A condition of the usual shape, out of a list of them; null when it isn't there. */
export function conditionOf(conditions: unknown, type: string): Condition | null {
  const found = listOf(conditions).find((condition) => condition["type"] === type);
  if (found === undefined) return null;
  const { status, message, reason, observedGeneration } = found;
  return { status: String(status), message: String(message ?? reason ?? ""), observedGeneration: typeof observedGeneration === "number" ? observedGeneration : null };
}

/** Why the object's controller hasn't seen its newest specification, as far as the status tells; null when it has. */
export function unseen({ metadata, status }: KubeObject): string | null {
  const observed = fieldsOf(status)["observedGeneration"];
  if (typeof observed === "number" && metadata.generation !== undefined && observed < metadata.generation) return `its controller has seen generation ${observed} of ${metadata.generation}`;
  return null;
}
