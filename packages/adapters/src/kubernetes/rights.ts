import { Failure } from "@gauntlet/core";

import type { KubeClient } from "./kube-client.ts";
import { sayPlace, type ObjectPlace } from "./kube-object.ts";

/** All that is ever done with an object; it is not watched, listed, made or deleted. */
const VERBS = ["get", "patch"] as const;

/**
 * What this login may do with the object, in a sentence; the API server is asked, and nothing is tried.
 * @throws Failure `traffic_refused` that names what it may not, and the rule that would allow it.
 */
export async function requireRights(client: KubeClient, place: ObjectPlace): Promise<string> {
  const answers = await Promise.all(VERBS.map(async (verb) => ({ verb, ...(await client.may(verb, place)) })));
  const missing = answers.filter(({ allowed }) => !allowed);
  if (missing.length === 0) return `may ${VERBS.join(" and ")} ${sayPlace(place)}`;
  const { resource, namespace, name } = place;
  const why = missing.flatMap(({ reason }) => reason ?? [])[0];
  const rule = `{apiGroups: [${resource.group}], resources: [${resource.plural}], resourceNames: [${name}], verbs: [${VERBS.join(", ")}]}`;
  throw new Failure("traffic_refused", `may not ${missing.map(({ verb }) => verb).join(" and ")} ${sayPlace(place)}${why === undefined ? "" : `: ${why}`}`, {
    fix: `give its user or service account a Role in the namespace ${namespace} with the rule ${rule}; deploy/kubernetes/rbac has one for each kind`,
  });
}
