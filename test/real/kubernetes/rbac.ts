import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubeCalls, KubeObject } from "./kube-api-server.ts";
import type { Serving } from "./servings.ts";

/** Gives the service account what deploy/kubernetes/rbac says of a kind, but for the names of the objects, and for the verbs where others are given. Returns a token of it. */
export async function grant(calls: KubeCalls, serving: Serving, names: readonly string[], verbs?: readonly string[]): Promise<string> {
  const token = await calls.tokenOf({ namespace: "gauntlet", name: "gauntlet" });
  const yaml = await readFile(join(import.meta.dirname, `../../../deploy/kubernetes/rbac/${serving.rbac}.yaml`), "utf8");
  for (const document of parseAllDocuments(yaml)) {
    const object = document.toJS() as KubeObject;
    if (object["kind"] === "Role") object["rules"] = object["rules"].map((rule: KubeObject) => ({ ...rule, resourceNames: names, ...(verbs === undefined ? {} : { verbs }) }));
    await calls.apply(object);
  }
  return token;
}
