import { existsSync, readFileSync } from "node:fs";

import { expect } from "vitest";
import { parseAllDocuments } from "yaml";

// oxlint-disable-next-line typescript/no-explicit-any -- Objects of any kind.
export type KubeObject = Record<string, any>;

interface DeployedContainer {
  /** Of the workload. */
  readonly name: string;
  readonly pod: KubeObject;
  /** false: a job, which ends. */
  readonly isService: boolean;
  readonly container: KubeObject;
}

export function objectsIn(file: string): readonly KubeObject[] {
  return parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as KubeObject);
}

export function containersOf(objects: readonly KubeObject[]): readonly DeployedContainer[] {
  return objects.flatMap((object) => {
    const isService = ["Deployment", "StatefulSet"].includes(object["kind"]);
    const pod = object["kind"] === "CronJob" ? object["spec"].jobTemplate.spec.template : isService ? object["spec"].template : null;
    return ((pod?.spec.containers ?? []) as readonly KubeObject[]).map((container) => ({ name: object["metadata"].name as string, pod: pod as KubeObject, isService, container }));
  });
}

/** Nobody's root, nothing written outside its volumes, limits, and what is mounted is there. */
export function expectConfined({ pod, container }: DeployedContainer): void {
  expect(pod["spec"]).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } });
  expect(pod["spec"].securityContext.runAsUser).toBeGreaterThan(0);
  expect(container["securityContext"]).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } });
  for (const kind of ["requests", "limits"]) for (const what of ["cpu", "memory"]) expect(container["resources"][kind][what], `${kind} ${what}`).toBeTruthy();
  expect(container["image"]).not.toMatch(/:latest$/);
  const volumes = ((pod["spec"].volumes ?? []) as readonly { readonly name: string }[]).map(({ name }) => name);
  const mounts = container["volumeMounts"] as readonly { readonly name: string; readonly mountPath: string }[];
  expect(mounts.map(({ name }) => name).filter((name) => !volumes.includes(name) && name !== "data")).toEqual([]);
  expect(mounts.map(({ mountPath }) => mountPath)).toContain("/tmp");
}

/** It is made of what is there, runs as the user of the manifests, and on the workspace's own Node. Returns what is copied from the repository. */
export function expectBuildable(containerfile: string): ReadonlySet<string> {
  const text = readFileSync(containerfile, "utf8");
  const lines = text.split("\n");
  const stages = new Set(lines.flatMap((line) => /^FROM \S+ AS (\w+)$/.exec(line)?.[1] ?? []));
  const copied = lines.flatMap((line) => (line.startsWith("COPY ") ? [line.split(/\s+/).slice(1)] : []));
  expect(copied.length).toBeGreaterThan(6);
  const roots = new Set<string>();
  for (const words of copied) {
    const from = /^--from=(\w+)$/.exec(words[0] ?? "")?.[1];
    if (from !== undefined) expect(stages).toContain(from);
    else for (const path of words.slice(0, -1)) roots.add(path);
  }
  for (const path of roots) expect(existsSync(path), path).toBe(true);
  expect(lines).toContain("USER 10001:10001");
  expect(text).toContain(`node:${(JSON.parse(readFileSync("package.json", "utf8")) as { readonly devDependencies: { readonly node: string } }).devDependencies.node}-`);
  return roots;
}
