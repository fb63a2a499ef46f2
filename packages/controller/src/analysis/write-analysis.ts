import { ANALYSIS_PATHS, drawAnalysis, failureAnalysis, renderAnalysis, type ModelState } from "@gauntlet/core";
import { parse, stringify } from "yaml";

import type { Controller } from "../controller.ts";
import { findDecision } from "../find-decision.ts";
import { decisionIn } from "./analyse-decision.ts";
import { readAnalysisFiles, type AnalysisReading } from "./read-analysis-files.ts";

type Ports = Pick<Controller, "store" | "artifacts" | "registry">;

/** What is written of a decision. */
export interface WrittenAnalysis {
  readonly decisionId: string;
  /** false: files were missing or damaged, and the analysis may say more when it is asked for again. */
  readonly complete: boolean;
}

/**
 * Writes why a rollout that ended badly did so into the challenger's run, once nothing of its plan is left to do: a rollback
 * waits for nobody's files. It may be called at any time: what is complete stays, and what is not is written anew as soon as
 * one of the files that it lacked has changed. What was lacking stands in the analysis itself, so that a restart forgets nothing.
 * @returns null when there is nothing to look into.
 * @throws Failure `not_found` when the run is gone; `registry_unavailable`.
 */
export async function writeAnalysis(ports: Ports, state: ModelState): Promise<WrittenAnalysis | null> {
  const { rollout, decision, pending } = state;
  const runId = rollout?.challenger.runId ?? null;
  if (rollout === null || decision === null || runId === null || pending !== null || !endedBadly(state)) return null;
  if (rollout.policy.kind === "rating" || rollout.policy.kind === "slots" || !rollout.policy.effects.includes("document")) return null;
  const before = recordedIn(await ports.artifacts.read(runId, YAML), decision.id);
  if (before !== null && !(await hasChanged(ports, runId, before))) return { decisionId: decision.id, complete: Object.keys(before).length === 0 };
  const event = decisionIn(await findDecision(ports.store, state.model, decision.id));
  const reading = await readAnalysisFiles(ports, rollout);
  // The record is the last of the files: with it, all are there.
  for (const [path, content] of reading.damaged.length === 0 ? analysed(event, reading) : notAnalysed(decision.id, reading)) await ports.artifacts.write(runId, path, content);
  return { decisionId: decision.id, complete: Object.keys(reading.unread).length === 0 };
}

function endedBadly({ rollout, decision }: ModelState): boolean {
  return rollout?.status === "rolled_back" || (rollout?.status === "retained" && decision?.reason === "worse");
}

const YAML = "failure_analysis.yaml";
const PATHS: ReadonlySet<string> = new Set(Object.values(ANALYSIS_PATHS));

type Files = readonly (readonly [path: string, content: string])[];
type Unread = AnalysisReading["unread"];

function analysed(event: Parameters<typeof failureAnalysis>[0], { files, unread }: AnalysisReading): Files {
  const analysis = failureAnalysis(event, files);
  return [
    ["failure_analysis.md", renderAnalysis(analysis)],
    ["failure_analysis.svg", drawAnalysis(analysis)],
    [YAML, stringify({ ...analysis, unread }, { aliasDuplicateObjects: false })],
  ];
}

/** Damaged files are told where the analysis would be, with the places in them. */
function notAnalysed(decisionId: string, { unread, damaged }: AnalysisReading): Files {
  const says = damaged.map(({ message }) => `Not analysed: ${message.replaceAll(/\s+/g, " ")}`);
  const fix = "mend these files, or take them away: it is then looked into again";
  return [
    ["failure_analysis.md", `# Not analysed\n\n${says.map((line) => `    ${line}\n`).join("")}\n    ${fix}\n`],
    [YAML, stringify({ decision: { id: decisionId }, primary: "undetermined", says: says.join("; "), fix, unread })],
  ];
}

/**
 * What an analysis of this decision lacked, as it says itself; null: there is none, or none that can be understood. One that
 * was written before this was kept lacked nothing that anybody knows of, unless it says that it is no analysis.
 */
function recordedIn(text: string | null, decisionId: string): Unread | null {
  const record = text === null ? null : parsedOrNull(text);
  if (!isRecord(record) || !isRecord(record["decision"]) || record["decision"]["id"] !== decisionId) return null;
  const { unread, findings } = record;
  if (unread === undefined) return findings === undefined ? null : {};
  return isRecord(unread) && Object.entries(unread).every(([path, digest]) => PATHS.has(path) && (digest === null || typeof digest === "string")) ? (unread as Unread) : null;
}

async function hasChanged({ artifacts }: Ports, runId: string, unread: Unread): Promise<boolean> {
  for (const [path, digest] of Object.entries(unread)) {
    if ((await artifacts.digest(runId, path)) !== digest) return true;
  }
  return false;
}

function parsedOrNull(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
