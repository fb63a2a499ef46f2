import { Failure, type Problem } from "../failure/failure.ts";
import { describe, isRecord, readUnknownKeys } from "../outcome/read-field.ts";
import { ANALYSIS_PATHS, type AnalysisFile, type AnalysisFiles, type ScoredRow, type ServedRow } from "./analysis-files.ts";
import type { FeatureColumn, LossCurves, Manifest, Preprocessing, Sample } from "./bundle.ts";

/**
 * One file of an analysis, from its text.
 * @throws Failure `invalid_input` with every problem, by JSON pointer; a file that can't be read is never taken for none.
 */
export function parseAnalysisFile<F extends AnalysisFile>(file: F, text: string): NonNullable<AnalysisFiles[F]> {
  const problems: Problem[] = [];
  const value = PARSERS[file](parseJson(file, text), problems);
  if (problems.length > 0) throw unreadable(file, problems);
  return value as NonNullable<AnalysisFiles[F]>;
}

const PROBLEMS_MAX = 20;

type Parser<T> = (value: unknown, problems: Problem[]) => T;

const PARSERS: { readonly [F in AnalysisFile]: Parser<NonNullable<AnalysisFiles[F]>> } = {
  trainingSample: parseSample,
  holdout: parseSample,
  preprocessing: parsePreprocessing,
  golden: (value, problems) => parseRows(value, problems, ["id", "score"]),
  manifest: parseManifest,
  loss: parseLoss,
  servedSample: parseSample,
  servedPreprocessing: parsePreprocessing,
  servedGolden: (value, problems) => parseRows(value, problems, ["id", "score", "champion"]),
  servedManifest: parseManifest,
  servedThreshold: (value, problems) => {
    const record = asRecord(value, ["threshold"], problems);
    return numberAt(record["threshold"], "/threshold", problems);
  },
};

function parseJson(file: AnalysisFile, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unreadable(file, [{ pointer: "", detail: "is not JSON" }]);
  }
}

function unreadable(file: AnalysisFile, problems: readonly Problem[]): Failure {
  const [first] = problems;
  return new Failure("invalid_input", `${ANALYSIS_PATHS[file]}: ${first?.pointer === "" ? "the file" : (first?.pointer ?? "")} ${first?.detail ?? ""}${problems.length > 1 ? `, and ${problems.length - 1} further problems` : ""}`, {
    fix: "write the file as docs/guides/find-out-why.md shows, or take it away",
    problems: problems.slice(0, PROBLEMS_MAX),
  });
}

function parseSample(value: unknown, problems: Problem[]): Sample {
  const record = asRecord(value, ["features", "labels", "scores", "rowHashes", "span"], problems);
  const features = listAt(record["features"], "/features", problems).map((item, i) => parseColumn(item, `/features/${i}`, problems));
  const labels = optional(record["labels"], (labelList) => listAt(labelList, "/labels", problems).map((label, i) => labelAt(label, `/labels/${i}`, problems)));
  const scores = optional(record["scores"], (scoreList) => numbersAt(scoreList, "/scores", problems));
  const rowHashes = optional(record["rowHashes"], (hashes) => listAt(hashes, "/rowHashes", problems).map((hash, i) => textAt(hash, `/rowHashes/${i}`, problems)));
  const span = optional(record["span"], (range) => parseSpan(range, problems));
  const rows = features[0]?.values.length ?? labels?.length ?? scores?.length ?? 0;
  for (const [i, { values }] of features.entries()) sameLength(values, { rows, pointer: `/features/${i}/values` }, problems);
  if (labels !== null) sameLength(labels, { rows, pointer: "/labels" }, problems);
  if (scores !== null) sameLength(scores, { rows, pointer: "/scores" }, problems);
  return { features, labels, scores, rowHashes, span };
}

function parseColumn(value: unknown, pointer: string, problems: Problem[]): FeatureColumn {
  if (!isRecord(value)) {
    problems.push({ pointer, detail: `must be an object with name, kind and values, not ${describe(value)}` });
    return { name: "", kind: "continuous", values: [] };
  }
  const name = textAt(value["name"], `${pointer}/name`, problems);
  const values = listAt(value["values"], `${pointer}/values`, problems);
  if (value["kind"] === "categorical") return { name, kind: "categorical", values: values.map((item, i) => (item === null ? null : textAt(item, `${pointer}/values/${i}`, problems))) };
  if (value["kind"] !== "continuous") problems.push({ pointer: `${pointer}/kind`, detail: `must be continuous or categorical, not ${describe(value["kind"])}` });
  return { name, kind: "continuous", values: values.map((item, i) => (item === null ? null : numberAt(item, `${pointer}/values/${i}`, problems))) };
}

function parseSpan(value: unknown, problems: Problem[]): { readonly from: number; readonly to: number } {
  if (!isRecord(value)) {
    problems.push({ pointer: "/span", detail: `must be an object with from and to, not ${describe(value)}` });
    return { from: 0, to: 0 };
  }
  return { from: numberAt(value["from"], "/span/from", problems), to: numberAt(value["to"], "/span/to", problems) };
}

function parsePreprocessing(value: unknown, problems: Problem[]): Preprocessing {
  const record = asRecord(value, ["features", "scaler"], problems);
  const features = listAt(record["features"], "/features", problems).map((name, i) => textAt(name, `/features/${i}`, problems));
  const scaler = optional(record["scaler"], (scale) => {
    const parts = isRecord(scale) ? scale : {};
    return { mean: numbersAt(parts["mean"], "/scaler/mean", problems), scale: numbersAt(parts["scale"], "/scaler/scale", problems) };
  });
  return { features, scaler };
}

function parseRows(value: unknown, problems: Problem[], keys: readonly (keyof ServedRow)[]): readonly ServedRow[] {
  const record = asRecord(value, ["rows"], problems);
  return listAt(record["rows"], "/rows", problems).map((item, i) => {
    const row = isRecord(item) ? item : {};
    for (const key of Object.keys(row)) if (!(keys as readonly string[]).includes(key)) problems.push({ pointer: `/rows/${i}/${key}`, detail: "is no key of a row" });
    const scored: ScoredRow = { id: textAt(row["id"], `/rows/${i}/id`, problems), score: numberAt(row["score"], `/rows/${i}/score`, problems) };
    return { ...scored, champion: optional(row["champion"], (score) => numberAt(score, `/rows/${i}/champion`, problems)) };
  });
}

const SHA256 = /^(?:sha256:)?[0-9a-f]{64}$/;

/** Digests as 64 hex digits, with `sha256:` before them or without. */
function parseManifest(value: unknown, problems: Problem[]): Manifest {
  const { files } = asRecord(value, ["files"], problems);
  if (!isRecord(files)) {
    problems.push({ pointer: "/files", detail: `must be an object of paths and digests, not ${describe(files)}` });
    return {};
  }
  return Object.fromEntries(
    Object.entries(files).map(([path, digest]) => {
      if (typeof digest !== "string" || !SHA256.test(digest)) problems.push({ pointer: `/files/${path}`, detail: "must be a SHA-256 of 64 hex digits" });
      return [path, String(digest).replace(/^sha256:/, "")];
    }),
  );
}

function parseLoss(value: unknown, problems: Problem[]): LossCurves {
  const record = asRecord(value, ["train", "validation"], problems);
  return { train: numbersAt(record["train"], "/train", problems), validation: numbersAt(record["validation"], "/validation", problems) };
}

function asRecord(value: unknown, keys: readonly string[], problems: Problem[]): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) {
    problems.push({ pointer: "", detail: `must be an object, not ${describe(value)}` });
    return {};
  }
  readUnknownKeys(value, keys, problems);
  return value;
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === undefined || value === null ? null : read(value);
}

function listAt(value: unknown, pointer: string, problems: Problem[]): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  problems.push({ pointer, detail: `must be a list, not ${describe(value)}` });
  return [];
}

function numbersAt(value: unknown, pointer: string, problems: Problem[]): readonly number[] {
  return listAt(value, pointer, problems).map((item, i) => numberAt(item, `${pointer}/${i}`, problems));
}

function numberAt(value: unknown, pointer: string, problems: Problem[]): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  // A column has as many values as there are rows, and may be wrong in all of them.
  if (problems.length < PROBLEMS_MAX) problems.push({ pointer, detail: `must be a number, not ${describe(value)}` });
  return 0;
}

function textAt(value: unknown, pointer: string, problems: Problem[]): string {
  if (typeof value === "string" && value !== "" && value.length <= 256) return value;
  if (problems.length < PROBLEMS_MAX) problems.push({ pointer, detail: `must be text of 1–256 characters, not ${describe(value)}` });
  return "";
}

function labelAt(value: unknown, pointer: string, problems: Problem[]): 0 | 1 | null {
  if (value === 0 || value === 1 || value === null) return value;
  if (problems.length < PROBLEMS_MAX) problems.push({ pointer, detail: `must be 0, 1 or null, not ${describe(value)}` });
  return null;
}

function sameLength(values: readonly unknown[], { rows, pointer }: { readonly rows: number; readonly pointer: string }, problems: Problem[]): void {
  if (values.length !== rows) problems.push({ pointer, detail: `has ${values.length} values, and the sample ${rows} rows` });
}
