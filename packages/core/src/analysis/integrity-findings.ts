import type { Artifacts, Manifest } from "./bundle.ts";
import { unavailable, type Finding } from "./finding.ts";

/** Is what was trained what was registered, and that what served; and are the two versions two? */
export function integrityFindings({ artifacts }: { readonly artifacts: Artifacts }): readonly Finding[] {
  return [onePlace(artifacts, "registry"), onePlace(artifacts, "served"), twoVersions(artifacts)];
}

const PLACES = { registry: "the registry", served: "the server" } as const;

function onePlace({ training, ...others }: Artifacts, place: keyof typeof PLACES): Finding {
  const id = `integrity-${place}`;
  const there = others[place];
  if (training === null || there === null) return unavailable(id, "integrity", { what: `there is no list of SHA-256 digests from ${training === null ? "the training" : PLACES[place]}`, fix: training === null ? "log a manifest of the artifact when it is trained" : `read the artifact from ${PLACES[place]} and hash its files` });
  const wrong = differences(training, there);
  const failed = wrong.length > 0;
  return {
    id,
    cause: "integrity",
    status: failed ? "fail" : "pass",
    says: failed ? `${wrong.length} of ${Object.keys(training).length} files are not what was trained in ${PLACES[place]}: ${wrong.slice(0, 3).join(", ")}${wrong.length > 3 ? ", …" : ""}.` : `All ${Object.keys(training).length} files are in ${PLACES[place]} as they were trained.`,
    guarantee: "exact",
    figures: { files: Object.keys(training).length, wrong: wrong.length },
    fix: failed ? "Upload the artifact of the training run again, and let serving load it by its digest." : null,
  };
}

function differences(trained: Manifest, there: Manifest): readonly string[] {
  return [...new Set([...Object.keys(trained), ...Object.keys(there)])].filter((path) => trained[path] !== there[path]).toSorted();
}

function twoVersions({ challengerDigest, championDigest }: Artifacts): Finding {
  const id = "integrity-versions";
  if (challengerDigest === null || championDigest === null) return unavailable(id, "integrity", { what: "the registry states no digest for one of the versions", fix: "register versions with the tag gauntlet.digest" });
  const same = challengerDigest === championDigest;
  return {
    id,
    cause: "integrity",
    status: same ? "fail" : "pass",
    says: same ? "Champion and challenger are the same artifact." : "Champion and challenger are different artifacts.",
    guarantee: "exact",
    figures: { champion: championDigest, challenger: challengerDigest },
    fix: same ? "Register the artifact that was meant, as a new version." : null,
  };
}
