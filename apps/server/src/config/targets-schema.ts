import { z } from "zod";

function ms(most: number) {
  return z.union([z.number(), z.string().regex(/^\d+$/, "a whole number").transform(Number)]).pipe(z.number().int().min(1).max(most)).meta({ title: "whole milliseconds" });
}

const objectName = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, "a name as Kubernetes has them: small letters, digits, '-' and '.'").meta({ title: "name" });
const template = z.string().regex(/^[^{}]*\{version\}[^{}]*$/, "a name with {version} in it once").meta({ title: "name with {version}" });

const common = {
  namespace: objectName.describe("of the object"),
  name: objectName.describe("of the object, which is there already and lists every version"),
  versions: z.record(z.string().min(1), z.string().min(1)).default({}).describe("version: name, for those that are called otherwise than the template says"),
  numbers: z.enum(["ours", "git"]).default("ours").describe("ours: Gauntlet writes the split. git: you do, by pull requests with what `gauntlet plan --output manifests` prints; Gauntlet waits for it, and writes its annotations alone"),
  readyMs: ms(600_000).prefault(15_000).describe("how long a split may take until it is served; then it is tried again with the next tick"),
};

const target = z.discriminatedUnion("kind", [
  z
    .strictObject({ kind: z.literal("gateway-api"), ...common, service: template.describe("name of each version's Service, as fraud-v{version}"), rule: z.number().int().min(0).default(0).describe("which rule of the route, from 0") })
    .describe("Weights of an HTTPRoute's backendRefs."),
  z
    .strictObject({
      kind: z.literal("istio"),
      ...common,
      subset: template.optional().describe("name of each version's subset, as v{version}; or"),
      host: template.optional().describe("host of each version, as fraud-v{version}"),
      route: z.union([z.string().min(1), z.number().int().min(0)]).default(0).describe("which http route: its name, or its place from 0"),
    })
    .refine(({ subset, host }) => (subset === undefined) !== (host === undefined), { error: "either subset or host tells the versions apart", path: ["subset"] })
    .describe("Weights of a VirtualService's destinations."),
  z.strictObject({ kind: z.literal("seldon-v1"), ...common, predictor: template.describe("name of each version's predictor, as v{version}") }).describe("Traffic of a SeldonDeployment's predictors."),
  z
    .strictObject({
      kind: z.literal("seldon-v2"),
      ...common,
      candidate: template.describe("name of each version's Model or Pipeline, as fraud-v{version}"),
      mirror: template.optional().describe("name of its copy, for shadows; left out: there are none"),
    })
    .describe("Weights of an Experiment's candidates."),
  z.strictObject({ kind: z.literal("kserve"), ...common, storageUri: template.describe("where each version is stored, as s3://models/fraud/{version}") }).describe("Percents of an InferenceService, in the mode that it is in."),
]);

/** `targets:` of gauntlet.yaml: models whose requests a serving system in Kubernetes splits. */
export const targetsFile = z.record(z.string().min(1), target);

export const kubernetesFile = z.strictObject({
  kubeconfig: z.string().min(1).optional().describe("a kubeconfig; relative to the file. Left out: the service account of the pod"),
  context: z.string().min(1).optional().describe("of the kubeconfig; left out: its current one"),
  timeoutMs: ms(60_000).prefault(5000).describe("how long a call may take"),
});
