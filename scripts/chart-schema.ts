import { configJsonSchema } from "@gauntlet/server";

type Schema = Readonly<Record<string, unknown>>;

/**
 * A JSON Schema of the Helm chart's values. `config` is gauntlet.yaml's own, but for what the chart decides; where it has a
 * secret, the name of a variable must stand, so that none is ever written into a ConfigMap.
 */
export function chartSchema(): unknown {
  const { $schema, properties, ...config } = JSON.parse(JSON.stringify(configJsonSchema())) as { readonly $schema: string; readonly properties: Readonly<Record<string, Schema>> };
  const open = Object.fromEntries(Object.entries(properties).filter(([key]) => key !== "dataDir" && key !== "listen"));
  const secretKey = object({ name, key: { type: "string", minLength: 1 } }, ["name", "key"]);
  const resources = object({ requests: { type: "object" }, limits: { type: "object" } }, ["requests", "limits"]);
  const peers = { type: "array", items: { type: "object" } };
  const texts = { type: "object", additionalProperties: { type: "string" } };
  return {
    $schema,
    ...object({
      image: object({ repository: { type: "string", minLength: 1 }, tag: { type: "string", not: { const: "latest" } }, digest: { type: "string", pattern: "^(sha256:[0-9a-f]{64})?$" }, pullPolicy: { enum: ["Always", "IfNotPresent", "Never"] }, pullSecrets: { type: "array", items: name } }),
      config: referring({ ...config, properties: open }, ""),
      secretEnvironment: { type: "object", propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]*$" }, additionalProperties: secretKey },
      secretFiles: { type: "array", items: name, uniqueItems: true },
      server: object({ replicas: { type: "integer", minimum: 1 }, resources }),
      worker: object({ replicas: { type: "integer", minimum: 0 }, resources }),
      persistence: object({ size: { type: "string", pattern: "^[1-9][0-9]*(Mi|Gi|Ti)$" }, storageClassName: { type: "string" } }),
      service: object({ type: { enum: ["ClusterIP", "NodePort", "LoadBalancer"] }, port, annotations: texts }),
      serviceAccount: object({ create: { type: "boolean" }, name: { type: "string" }, annotations: texts }),
      rbac: object({ create: { type: "boolean" } }),
      networkPolicy: object({ enabled: { type: "boolean" }, from: { ...peers, minItems: 1 }, databasePort: port, kubernetesPorts: { type: "array", items: port, minItems: 1 }, to: peers }),
      serviceMonitor: object({ enabled: { type: "boolean" }, interval: { type: "string", pattern: "^[1-9][0-9]*(s|m)$" }, labels: texts, tokenSecret: secretKey }),
      podAnnotations: texts,
      nodeSelector: texts,
      tolerations: peers,
      // Helm's own, where this chart is a part of another.
      global: { type: "object" },
    }),
  };
}

const name: Schema = { type: "string", pattern: "^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$" };
const port: Schema = { type: "integer", minimum: 1, maximum: 65_535 };
const REFERENCE: Schema = { type: "string", pattern: "^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$", description: "a secret, as ${VARIABLE}" };
const SECRETS = /\/(?:token|password|emailSalt|secrets)$|^\/hooks\/url$/;

function object(properties: Readonly<Record<string, unknown>>, required: readonly string[] = []): Schema {
  return { type: "object", properties, additionalProperties: false, ...(required.length === 0 ? {} : { required }) };
}

/** The same schema, with a reference wherever a secret stands. `path`: names of the properties that lead here. */
function referring(schema: unknown, path: string): unknown {
  if (Array.isArray(schema)) return schema.map((one) => referring(one, path));
  if (typeof schema !== "object" || schema === null) return schema;
  const { type, pattern } = schema as { readonly type?: unknown; readonly pattern?: unknown };
  const isDatabase = typeof pattern === "string" && pattern.startsWith("^postgres");
  if (type === "string" && (isDatabase || SECRETS.test(path))) return REFERENCE;
  return Object.fromEntries(
    Object.entries(schema).map(([key, inner]) => {
      if (key !== "properties") return [key, referring(inner, path)];
      return [key, Object.fromEntries(Object.entries(inner as Schema).map(([property, own]) => [property, referring(own, `${path}/${property}`)]))];
    }),
  );
}
