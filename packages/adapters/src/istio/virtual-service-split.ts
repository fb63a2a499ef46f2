import { fieldsOf, type Fields } from "../json/read-json.ts";
import { listOf, unseen, type KubeObject } from "../kubernetes/kube-object.ts";
import { lacking, type SplitMapping } from "../kubernetes/split-mapping.ts";
import { readableWeights, type Split } from "../kubernetes/split.ts";
import { nameOf, requireTemplate, versionOf, type VersionNames } from "../kubernetes/version-names.ts";

export interface VirtualServiceSplitOptions {
  /** Names of subsets, or of hosts. */
  readonly names: VersionNames;
  /** What of a destination tells the versions apart. */
  readonly by: "subset" | "host";
  /** Which of the http routes: its name, or its place from 0. */
  readonly route: string | number;
}

/** Weights of an http route's destinations, and its mirror. */
export function virtualServiceSplit({ names, by, route }: VirtualServiceSplitOptions): SplitMapping {
  requireTemplate(names);
  const nameIn = (destination: Fields): string => String(destination[by] ?? "");
  return {
    resource: { group: "networking.istio.io", version: "v1", plural: "virtualservices", kind: "VirtualService" },
    fields: (object, split) => {
      const routes = listOf(object.spec["http"]);
      const place = typeof route === "number" ? route : routes.findIndex((other) => other["name"] === route);
      const own = routes[place];
      if (own === undefined) throw lacking(object, `has no http route ${route}`, "correct the target's route in gauntlet.yaml: its name, or its place from 0");
      const destinations = weighted(object, { names, nameIn, destinations: listOf(own["route"]), split });
      const changed = mirrored({ names, nameIn, route: { ...own, route: destinations }, split });
      return { http: routes.map((other, index) => (index === place ? changed : other)) };
    },
    // Istio itself writes no status that tells; where something does, it is looked at.
    pending: unseen,
  };
}

interface Destinations {
  readonly names: VersionNames;
  readonly nameIn: (destination: Fields) => string;
  readonly destinations: readonly Fields[];
  readonly split: Split;
}

function weighted(object: KubeObject, { names, nameIn, destinations, split }: Destinations): readonly Fields[] {
  const weights = readableWeights(split.shares);
  const nameOfEntry = (entry: Fields): string => nameIn(fieldsOf(entry["destination"]));
  for (const version of weights.keys()) {
    const name = nameOf(names, version);
    const found = destinations.filter((entry) => nameOfEntry(entry) === name).length;
    if (found !== 1) throw lacking(object, `lists the destination ${name} of version ${version} ${found === 0 ? "nowhere" : "twice"} in its route`, `list ${name} once among the route's destinations, with weight 0`);
  }
  return destinations.map((entry) => {
    const version = versionOf(names, nameOfEntry(entry));
    if (version !== null) return { ...entry, weight: weights.get(version) ?? 0 };
    if (entry["weight"] === 0) return entry;
    throw lacking(object, `also sends requests to ${nameOfEntry(entry) || "a destination without a name"}, which is no version's`, "take it out of the route, or give it weight 0");
  });
}

/** Only a mirror to a version is ours. */
function mirrored({ names, nameIn, route, split }: { readonly names: VersionNames; readonly nameIn: (destination: Fields) => string; readonly route: Fields; readonly split: Split }): Fields {
  const { mirror, mirrorPercentage: _, ...rest } = route;
  const isOurs = mirror !== undefined && versionOf(names, nameIn(fieldsOf(mirror))) !== null;
  if (split.mirror === null) return isOurs || mirror === undefined ? rest : route;
  const name = nameOf(names, split.mirror);
  const destination = listOf(rest["route"]).map((entry) => fieldsOf(entry["destination"])).find((known) => nameIn(known) === name);
  return { ...rest, mirror: destination, mirrorPercentage: { value: 100 } };
}
