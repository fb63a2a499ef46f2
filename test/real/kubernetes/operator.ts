import type { KubeAnswer, KubeCalls, KubeObject } from "./kube-api-server.ts";
import type { Serving } from "./servings.ts";

/** Plays the controller of a serving system: says in the status that it serves the newest specification. */
export interface Operator {
  /** It stops looking, as one that crashed. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

export function operate(calls: KubeCalls, serving: Serving, name: string): Operator {
  const state = { runs: true, looks: true, seen: "" };
  const loop = (async () => {
    while (state.runs) {
      if (state.looks) await lookOnce(calls, { serving, name, state }).catch(() => undefined);
      await pause(30);
    }
  })();
  return {
    pause: () => (state.looks = false),
    resume: () => (state.looks = true),
    stop: async () => {
      state.runs = false;
      await loop;
    },
  };
}

async function lookOnce(calls: KubeCalls, { serving, name, state }: { readonly serving: Serving; readonly name: string; readonly state: { seen: string } }): Promise<void> {
  const { status: code, json } = await calls.call({ method: "GET", path: pathOf(serving, name) });
  const newest = code === 200 ? `${json["metadata"].uid} ${json["metadata"].generation}` : state.seen;
  if (newest === state.seen) return;
  const status = serving.served(json);
  const written = status === null ? { status: 200 } : await calls.call({ method: "PATCH", path: `${pathOf(serving, name)}/status?fieldManager=operator`, body: { status }, contentType: "application/merge-patch+json" });
  if (written.status === 200) state.seen = newest;
}

export function pathOf({ mapping: { resource } }: Serving, name: string | null): string {
  return `/apis/${resource.group}/${resource.version}/namespaces/models/${resource.plural}${name === null ? "" : `/${name}`}`;
}

/** As its user made it, without a trace of earlier tests. */
export async function createFresh(calls: KubeCalls, serving: Serving, name: string): Promise<void> {
  await calls.call({ method: "DELETE", path: pathOf(serving, name) });
  const made = await calls.call({ method: "POST", path: `${pathOf(serving, null)}?fieldManager=kubectl-create`, body: serving.object(name) });
  if (made.status !== 201) throw new Error(`${serving.name} ${name} could not be made: ${made.json["message"]}`);
}

export async function readObject(calls: KubeCalls, serving: Serving, name: string): Promise<KubeObject> {
  return must(await calls.call({ method: "GET", path: pathOf(serving, name) }));
}

/** A person, or a tool, writes the specification. */
export async function editObject(calls: KubeCalls, serving: Serving, { name, manager, body }: { readonly name: string; readonly manager: string; readonly body: KubeObject }): Promise<KubeObject> {
  return must(await calls.call({ method: "PATCH", path: `${pathOf(serving, name)}?fieldManager=${manager}`, body, contentType: "application/merge-patch+json" }));
}

function must({ status, json }: KubeAnswer): KubeObject {
  if (status !== 200) throw new Error(`${status}: ${json["message"]}`);
  return json;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
