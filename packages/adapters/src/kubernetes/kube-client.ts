import { Failure } from "@gauntlet/core";
import { Agent, request, type RequestOptions } from "node:https";

import { sayPlace, type KubeObject, type ObjectPlace } from "./kube-object.ts";
import type { KubeLogin } from "./login.ts";

/**
 * What of the API of Kubernetes is needed here: one object is read, and fields of it are applied. Both fail with
 * `traffic_unavailable` when nobody answers or it may be tried again, and with `traffic_refused` when the server says no.
 */
export interface KubeClient {
  /** null when it isn't there. */
  get(place: ObjectPlace): Promise<KubeObject | null>;
  /** Server-side apply with our field manager, over whoever owns these fields. "conflict": it changed since it was read. */
  apply(place: ObjectPlace, fields: unknown): Promise<KubeObject | "conflict">;
  /** Whether this login may do that with the object, by the server's own word (a SelfSubjectAccessReview); nothing is done. */
  may(verb: "get" | "patch", place: ObjectPlace): Promise<Access>;
  close(): void;
}

interface Access {
  readonly allowed: boolean;
  /** Why, in the server's words; null when it gives none. */
  readonly reason: string | null;
}

export interface KubeClientOptions {
  readonly login: KubeLogin;
  /** How long one call may take. */
  readonly timeoutMs: number;
}

/** Under this name our fields are found in an object's managedFields. */
export const FIELD_MANAGER = "gauntlet";

export function createKubeClient({ login, timeoutMs }: KubeClientOptions): KubeClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const call = (place: ObjectPlace, asked: Asked): Promise<Answer> => send(place, { login, timeoutMs, agent, asked });
  return {
    get: async (place) => {
      const answer = await call(place, { method: "GET" });
      if (answer.status === 404 && reasonOf(answer.json) === "NotFound") return null;
      if (answer.status !== 200) throw failureOf(place, "can't be read", answer);
      return objectOf(place, answer.json);
    },
    apply: async (place, fields) => {
      const answer = await call(place, { method: "PATCH", body: JSON.stringify(fields) });
      if (answer.status === 409) return "conflict";
      if (answer.status !== 200) throw failureOf(place, "can't be changed", answer);
      return objectOf(place, answer.json);
    },
    may: async (verb, place) => {
      const { resource, namespace, name } = place;
      const spec = { resourceAttributes: { namespace, verb, group: resource.group, version: resource.version, resource: resource.plural, name } };
      const answer = await call(place, { method: "POST", path: REVIEWS, body: JSON.stringify({ apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec }) });
      if (answer.status === 403) throw new Failure("traffic_refused", `the API server does not tell this login what it may do with ${sayPlace(place)}: ${messageOf(answer.json)}`, { fix: "bind it to the ClusterRole system:basic-user, which every login has unless somebody took it away" });
      if (answer.status !== 201) throw failureOf(place, `can't be asked about (${verb})`, answer);
      return accessOf(answer.json);
    },
    close: () => agent.destroy(),
  };
}

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

function accessOf(json: unknown): Access {
  const { status } = (json ?? {}) as { readonly status?: { readonly allowed?: unknown; readonly reason?: unknown } };
  const reason = typeof status?.reason === "string" && status.reason !== "" ? messageOf({ message: status.reason }) : null;
  return { allowed: status?.allowed === true, reason };
}

interface Asked {
  readonly method: "GET" | "PATCH" | "POST";
  /** Left out: the object's own. */
  readonly path?: string;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly json: unknown;
}

interface Sending {
  readonly login: KubeLogin;
  readonly timeoutMs: number;
  readonly agent: Agent;
  readonly asked: Asked;
}

async function send(place: ObjectPlace, { login, timeoutMs, agent, asked }: Sending): Promise<Answer> {
  const { server, ca, insecure } = login;
  const { token, cert, key } = await login.credentials();
  const options: RequestOptions = {
    method: asked.method,
    agent,
    rejectUnauthorized: !insecure,
    ...(ca === null ? {} : { ca }),
    ...(cert === null || key === null ? {} : { cert, key }),
    headers: { accept: "application/json", ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...(asked.body === undefined ? {} : { "content-type": asked.method === "PATCH" ? "application/apply-patch+yaml" : "application/json" }) },
    signal: AbortSignal.timeout(timeoutMs),
  };
  const url = `${server}${asked.path ?? pathOf(place)}${asked.method === "PATCH" ? `?fieldManager=${FIELD_MANAGER}&force=true` : ""}`;
  try {
    return await exchange(url, options, asked.body);
  } catch (cause) {
    const timedOut = cause instanceof Error && cause.name === "AbortError";
    throw new Failure("traffic_unavailable", `${sayPlace(place)}: the API server at ${server} ${timedOut ? `did not answer within ${timeoutMs} ms` : `does not answer: ${(cause as Error).message}`}`, {
      fix: "see that the API server runs and is reached from here; the call is tried again",
      cause,
    });
  }
}

function exchange(url: string, options: RequestOptions, body: string | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > ANSWER_BYTES_MAX) sent.destroy(new Error(`its answer has more than ${ANSWER_BYTES_MAX} bytes`));
        else chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, json: parsed(Buffer.concat(chunks).toString("utf8")) }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** etcd keeps no object that is larger. */
const ANSWER_BYTES_MAX = 4_000_000;

function pathOf({ resource, namespace, name }: ObjectPlace): string {
  return `/apis/${resource.group}/${resource.version}/namespaces/${encodeURIComponent(namespace)}/${resource.plural}/${encodeURIComponent(name)}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { message: text.slice(0, 500) };
  }
}

function objectOf(place: ObjectPlace, json: unknown): KubeObject {
  const { metadata, spec } = (json ?? {}) as Partial<KubeObject>;
  if (metadata?.resourceVersion === undefined || metadata.uid === undefined) {
    throw new Failure("traffic_refused", `${sayPlace(place)}: the answer is no object of Kubernetes`, { fix: "correct the address of the API server" });
  }
  return { ...(json as KubeObject), spec: spec ?? {} };
}

function failureOf(place: ObjectPlace, how: string, { status, json }: Answer): Failure {
  const said = `${sayPlace(place)} ${how}: the API server answered ${status}: ${messageOf(json)}`;
  if (status === 429 || status >= 500) return new Failure("traffic_unavailable", said, { fix: "see the API server's own log; the call is tried again" });
  const { resource, namespace, name } = place;
  if (status === 401) return new Failure("traffic_refused", said, { fix: "give a login that the API server knows" });
  if (status === 403) return new Failure("traffic_refused", said, { fix: `allow get and patch of ${resource.plural}.${resource.group} "${name}" in the namespace ${namespace}; see deploy/kubernetes/rbac` });
  if (status === 404) return new Failure("traffic_refused", said, { fix: `install the CustomResourceDefinition of ${resource.kind} in ${resource.group}/${resource.version}` });
  return new Failure("traffic_refused", said, { fix: "mend the object as the server says" });
}

function reasonOf(json: unknown): string | null {
  // Without its details it is the kind that isn't known, not the object.
  const { reason, details } = (json ?? {}) as { readonly reason?: string; readonly details?: { readonly name?: string } };
  return details?.name === undefined ? null : (reason ?? null);
}

/** Other people's words: cut, and without control characters, before they reach a log or a page. */
function messageOf(json: unknown): string {
  const { message } = (json ?? {}) as { readonly message?: unknown };
  // oxlint-disable-next-line no-control-regex
  return typeof message === "string" ? message.replaceAll(/[\u0000-\u001f\u007f]+/g, " ").slice(0, 500) : "nothing more";
}
