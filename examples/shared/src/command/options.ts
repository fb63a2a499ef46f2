import { parseArgs, type ParseArgsOptionsConfig } from "node:util";

/** What every world can be told on its command line. */
export interface CommonOptions {
  /** End when the last decision is made. */
  readonly once: boolean;
  /** The last line of standard output is one JSON object. */
  readonly json: boolean;
  readonly dataDir: string;
  readonly port: number;
  readonly runs: readonly string[];
}

/** The values of options by their names, as they were written. */
export type Values = Readonly<Record<string, string | undefined>>;

export interface OptionRules<Own> {
  readonly help: string;
  /** Names of its runs, and those of them that are run when none are named. */
  readonly runs: { readonly known: readonly string[]; readonly usual: readonly string[] };
  /** Names of the world's own options; each takes a value. */
  readonly own: readonly string[];
  /** @throws Error that says what is wrong with a value. */
  readonly read: (values: Values) => Own;
}

export type Read<Own> = { readonly kind: "options"; readonly options: CommonOptions & Own } | { readonly kind: "help"; readonly text: string } | { readonly kind: "wrong"; readonly text: string };

export function readOptions<Own>({ help, runs: { known, usual }, own, read }: OptionRules<Own>): Read<Own> {
  const options = {
    once: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
    data: { type: "string", default: process.env["GAUNTLET_DATA"] ?? ".gauntlet" },
    port: { type: "string", default: "4400" },
    runs: { type: "string", default: usual.join(",") },
    ...Object.fromEntries(own.map((name) => [name, { type: "string" }])),
  } as const satisfies ParseArgsOptionsConfig;
  try {
    const { values } = parseArgs({ options });
    if (values.help) return { kind: "help", text: help };
    const runs = values.runs.split(",");
    const unknown = runs.find((name) => !known.includes(name));
    if (unknown !== undefined) return { kind: "wrong", text: `there is no run "${unknown}"; known: ${known.join(", ")}\n` };
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return { kind: "wrong", text: `--port ${values.port} is no port\n` };
    const given = values as Readonly<Record<string, string | boolean | undefined>>;
    const mine = read(Object.fromEntries(own.map((name) => [name, given[name] as string | undefined])));
    return { kind: "options", options: { once: values.once, json: values.json, dataDir: values.data, port, runs, ...mine } };
  } catch (error) {
    return { kind: "wrong", text: `${error instanceof Error ? error.message : String(error)}\n${help}` };
  }
}

/** null when it is not given. @throws Error when it is not a whole number within the bounds. */
export function wholeNumber(values: Values, name: string, { min, max }: { readonly min: number; readonly max: number }): number | null {
  const text = values[name];
  if (text === undefined) return null;
  const number = Number(text);
  const within = max === Number.MAX_SAFE_INTEGER ? `${min} up` : `${min.toLocaleString("en")} to ${max.toLocaleString("en")}`;
  if (!Number.isSafeInteger(number) || number < min || number > max) throw new Error(`--${name} ${text} is not a whole number from ${within}`);
  return number;
}
