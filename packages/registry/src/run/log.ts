import { isObject, missing, readInteger, readNumber, wrongType } from "../request/fields.ts";
import type { Fields, Input } from "../request/fields.ts";
import { checkKey, checkLength } from "../request/names.ts";
import { readPairs } from "../request/pairs.ts";
import type { Pair } from "../request/pairs.ts";
import { absent, invalid } from "../request/problem.ts";
import { route } from "../request/route.ts";
import type { Context, Route } from "../request/route.ts";
import { offsetOf, pageToken } from "../search/page.ts";
import { checkMetric, writeMetric } from "./metric.ts";
import type { Metric } from "./metric.ts";
import { metricJson, requireActiveRun, requireRun } from "./read.ts";
import { checkRunTag, writeRunTag } from "./routes.ts";

const metric = {
  run_id: "text!", key: "text!", value: "number!", timestamp: "integer!", step: "integer", model_id: "text", dataset_name: "text", dataset_digest: "text",
} as const;
const keyed = { run_id: "text!", key: "text!", value: "text" } as const;
const batch = { run_id: "text!", metrics: "objects", params: "objects", tags: "objects" } as const;
const inputs = { run_id: "text!", datasets: "objects", models: "objects" } as const;
const outputs = { run_id: "text!", models: "objects!" } as const;
const history = { run_id: "text!", metric_key: "text!", page_token: "text", max_results: "integer" } as const;

export const logRoutes: readonly Route[] = [
  route({ method: "POST", path: "/runs/log-metric", fields: metric, answer: logMetric }),
  route({ method: "POST", path: "/runs/log-parameter", fields: keyed, answer: logParam }),
  route({ method: "POST", path: "/runs/log-batch", fields: batch, answer: logBatch }),
  route({ method: "POST", path: "/runs/set-tag", fields: keyed, answer: setTag }),
  route({ method: "POST", path: "/runs/delete-tag", fields: keyed, answer: deleteTag }),
  route({ method: "POST", path: "/runs/log-inputs", fields: inputs, answer: logInputs }),
  route({ method: "POST", path: "/runs/outputs", fields: outputs, answer: logOutputs }),
  route({ method: "GET", path: "/metrics/get-history", fields: history, answer: getHistory }),
];

function logMetric(context: Context, input: Input<typeof metric>): object {
  const one = metricOf(input as Fields, "");
  checkMetric(one, "");
  return context.database.transaction(() => {
    requireActiveRun(context, input.run_id);
    writeMetric(context, input.run_id, one);
    return {};
  });
}

function logParam(context: Context, input: Input<typeof keyed>): object {
  const param = { key: input.key, value: input.value ?? "" };
  checkParam(param, "");
  return context.database.transaction(() => {
    requireActiveRun(context, input.run_id);
    writeParam(context, input.run_id, param);
    return {};
  });
}

function logBatch(context: Context, input: Input<typeof batch>): object {
  const metrics = (input.metrics ?? []).map((one, index) => metricOf(one, `metrics[${index}]`));
  const params = readPairs(input.params, "params");
  const tags = readPairs(input.tags, "tags");
  checkBatchSize(metrics, params, tags);
  metrics.forEach((one, index) => checkMetric(one, metrics.length === 1 ? "" : `metrics[${index}]`));
  params.forEach((one, index) => checkParam(one, `params[${index}].`));
  tags.forEach((one, index) => checkRunTag(one.key, one.value, `tags[${index}]`));
  const twice = params.map((one) => one.key).filter((key, index, keys) => keys.indexOf(key) !== index);
  if (twice.length > 0) {
    throw invalid(
      `Duplicate parameter keys have been submitted: [${twice.map((key) => `'${key}'`).join(", ")}]. Please ensure the request contains only one param value per param key.`,
    );
  }
  return context.database.transaction(() => {
    requireActiveRun(context, input.run_id);
    for (const one of params) writeParam(context, input.run_id, one);
    for (const one of metrics) writeMetric(context, input.run_id, one);
    for (const one of tags) writeRunTag(context, input.run_id, one);
    return {};
  });
}

function checkBatchSize(metrics: readonly unknown[], params: readonly unknown[], tags: readonly unknown[]): void {
  checkCount("metrics", 1000, metrics.length);
  checkCount("params", 100, params.length);
  checkCount("tags", 100, tags.length);
  checkCount("metrics, params, and tags", 1000, metrics.length + params.length + tags.length);
}

function checkCount(what: string, most: number, count: number): void {
  if (count <= most) return;
  throw invalid(
    `A batch logging request can contain at most ${most} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
  );
}

function metricOf(entry: Fields, path: string): Metric {
  const name = path === "" ? "" : `${path}.`;
  const { key, value, timestamp } = entry;
  if (typeof key !== "string" || key === "") throw missing(`${name}key`);
  if (value === undefined || value === null || value === "") throw missing(`${name}value`);
  if (timestamp === undefined || timestamp === null || timestamp === "") throw missing(`${name}timestamp`);
  const number = readNumber(value);
  if (number === undefined) throw wrongType(`${name}value`, value);
  const time = readInteger(timestamp);
  if (time === undefined) throw wrongType(`${name}timestamp`, timestamp);
  const step = readInteger(entry["step"] ?? 0);
  if (step === undefined) throw wrongType(`${name}step`, entry["step"]);
  const text = (field: string): string | undefined => (typeof entry[field] === "string" ? entry[field] : undefined);
  return { key, value: number, timestamp: time, step, modelId: text("model_id"), datasetName: text("dataset_name"), datasetDigest: text("dataset_digest") };
}

function checkParam(param: Pair, path: string): void {
  checkKey(param.key, `${path}key`);
  checkLength("Param key", 250, param.key);
  checkLength("Param value", 6000, param.value);
}

/** A parameter is written once: the same value again is fine, another one is refused. */
function writeParam({ database }: Context, run: string, param: Pair): void {
  const before = database.first("SELECT value FROM run_params WHERE run = ? AND key = ?", run, param.key);
  if (before !== null && before["value"] !== param.value) {
    throw invalid(`Changing param values is not allowed. Param with key='${param.key}' was already logged with value='${before["value"]}' for run ID='${run}'. Attempted logging new value '${param.value}'.`);
  }
  if (before === null) database.run("INSERT INTO run_params (run, key, value) VALUES (?, ?, ?)", run, param.key, param.value);
}

function setTag(context: Context, input: Input<typeof keyed>): object {
  const tag = { key: input.key, value: input.value ?? "" };
  checkRunTag(tag.key, tag.value);
  return context.database.transaction(() => {
    requireActiveRun(context, input.run_id);
    writeRunTag(context, input.run_id, tag);
    if (tag.key === "mlflow.runName") context.database.run("UPDATE runs SET name = ? WHERE id = ?", tag.value, input.run_id);
    return {};
  });
}

function deleteTag(context: Context, input: Input<typeof keyed>): object {
  return context.database.transaction(() => {
    requireActiveRun(context, input.run_id);
    if (context.database.run("DELETE FROM run_tags WHERE run = ? AND key = ?", input.run_id, input.key) === 0) {
      throw absent(`No tag with name: ${input.key} in run with id ${input.run_id}`);
    }
    return {};
  });
}

function logInputs(context: Context, input: Input<typeof inputs>): object {
  const datasets = (input.datasets ?? []).map((entry, index) => datasetOf(entry, index));
  const models = (input.models ?? []).map((entry, index) => modelIdOf(entry, index));
  return context.database.transaction(() => {
    requireActiveRun(context, input.run_id);
    for (const one of datasets) {
      context.database.run("INSERT INTO run_datasets (run, name, digest, document) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", input.run_id, one.name, one.digest, one.document);
    }
    for (const id of models) context.database.run("INSERT INTO run_models (run, direction, model) VALUES (?, 'in', ?) ON CONFLICT DO NOTHING", input.run_id, id);
    return {};
  });
}

function datasetOf(entry: Fields, index: number): { readonly name: string; readonly digest: string; readonly document: string } {
  const dataset = isObject(entry["dataset"]) ? entry["dataset"] : {};
  const known: Record<string, string> = {};
  for (const field of ["name", "digest", "source_type", "source", "schema", "profile"]) {
    const value = dataset[field];
    if (typeof value === "string") known[field] = value;
    else if (field !== "schema" && field !== "profile") throw missing(`datasets[${index}].dataset.${field}`);
  }
  const tags = readPairs(Array.isArray(entry["tags"]) ? entry["tags"].filter(isObject) : [], `datasets[${index}].tags`);
  return { name: known["name"] ?? "", digest: known["digest"] ?? "", document: JSON.stringify({ ...(tags.length === 0 ? {} : { tags }), dataset: known }) };
}

function logOutputs(context: Context, input: Input<typeof outputs>): object {
  return context.database.transaction(() => {
    requireActiveRun(context, input.run_id);
    input.models.forEach((entry, index) => {
      const step = readInteger(entry["step"] ?? 0);
      if (step === undefined) throw wrongType(`models[${index}].step`, entry["step"]);
      context.database.run(
        "INSERT INTO run_models (run, direction, model, step) VALUES (?, 'out', ?, ?) ON CONFLICT DO UPDATE SET step = excluded.step",
        input.run_id, modelIdOf(entry, index), step,
      );
    });
    return {};
  });
}

function modelIdOf(entry: Fields, index: number): string {
  const id = entry["model_id"];
  if (typeof id !== "string" || id === "") throw missing(`models[${index}].model_id`);
  return id;
}

/** Without max_results the whole history, in the order of writing. */
function getHistory(context: Context, input: Input<typeof history>): object {
  requireRun(context, input.run_id);
  const limit = input.max_results;
  if (limit !== undefined && limit <= 0) throw invalid(`Invalid value ${limit} for parameter 'max_results' supplied. It must be a positive integer.`);
  const offset = offsetOf(input.page_token);
  const rows = context.database.all(
    "SELECT * FROM metrics WHERE run = ? AND key = ? ORDER BY rowid LIMIT ? OFFSET ?",
    input.run_id, input.metric_key, limit === undefined ? -1 : limit + 1, offset,
  );
  const more = limit !== undefined && rows.length > limit;
  const metrics = (more ? rows.slice(0, limit) : rows).map(metricJson);
  return { metrics: metrics.length === 0 ? undefined : metrics, next_page_token: more ? pageToken(offset + limit) : undefined };
}
