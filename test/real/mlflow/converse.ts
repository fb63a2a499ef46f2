import type { Step } from "./requests.ts";

export interface Answer {
  readonly request: string;
  readonly status: number;
  readonly body: unknown;
}

/** Holds the conversation; ids, times and the server's own address are replaced, so that two servers can be compared. */
export async function converse(base: string, steps: readonly Step[]): Promise<readonly Answer[]> {
  const captured = new Map<string, string>();
  const answers: Answer[] = [];
  for (const step of steps) {
    const url = new URL(base);
    const query = Object.entries(step.query ?? {}).flatMap(([name, value]) =>
      (typeof value === "string" ? [value] : value).map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(fill(one, captured))}`),
    );
    const body = step.raw ?? (step.json === undefined ? undefined : fill(JSON.stringify(step.json), captured));
    const target = `${url.origin}${fill(step.path, captured)}${query.length === 0 ? "" : `?${query.join("&")}`}`;
    const headers = step.json === undefined ? step.headers : { "content-type": "application/json" };
    const response = await fetch(target, { method: step.method, ...(body === undefined ? {} : { body }), ...(headers === undefined ? {} : { headers }) });
    const text = await response.text();
    const parsed = parse(text);
    for (const [name, path] of Object.entries(step.capture ?? {})) {
      const value = path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], parsed);
      if (typeof value === "string") captured.set(name, value);
    }
    const request = `${step.method} ${step.path} ${JSON.stringify(step.query ?? step.raw ?? step.json ?? null).slice(0, 160)}`;
    answers.push({ request, status: step.compare === "kind" ? (response.ok ? 200 : 400) : response.status, body: anonymous(comparable(step, response.status, parsed), captured) });
  }
  return answers;
}

/** What of an answer must agree: an error is its code and message, whatever else a release puts beside them. */
function comparable(step: Step, status: number, body: unknown): unknown {
  if (step.compare === "kind") return null;
  if (status < 400) return step.compare === "code" ? null : body;
  const { error_code: code, message } = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  return step.compare === "code" ? { code } : { code, message };
}

/** Requests whose answers differ, with both; an empty list is agreement. */
export function disagreements(left: readonly Answer[], right: readonly Answer[]): readonly string[] {
  return left.flatMap((one, index) => {
    const other = right[index];
    const a = JSON.stringify([one.status, one.body]);
    const b = JSON.stringify([other?.status, other?.body]);
    return a === b ? [] : [`${one.request}\n  first:  ${a}\n  second: ${b}`];
  });
}

function fill(text: string, captured: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => captured.get(name) ?? whole);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const TIME = /(_timestamp|_time|_timestamp_ms|^timestamp)$/;

function anonymous(value: unknown, captured: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return anonymousText(value, captured);
  if (Array.isArray(value)) return value.map((one) => anonymous(one, captured));
  if (typeof value !== "object" || value === null) return value;
  // Fields are sorted: their order means nothing in JSON.
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, one]) => [key, TIME.test(key) && typeof one === "number" && one > 1_750_000_000_000 ? "<time>" : key === "experiment_id" ? "<experiment>" : anonymous(one, captured)]),
  );
}

function anonymousText(text: string, captured: ReadonlyMap<string, string>): string {
  let result = text;
  for (const [name, value] of captured) if (value.length >= 32) result = result.replaceAll(value, `<${name}>`);
  return result.replace(/^mlflow-artifacts:\/\d+\//, "mlflow-artifacts:/<n>/").replaceAll(/mlflow-artifacts:\/\d+\//g, "mlflow-artifacts:/<n>/");
}
