/** One line of the server's log. */
export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields?: Readonly<Record<string, string | number | null>>;
}

export type Log = (line: LogLine) => void;

/** For people and for collectors alike: time, level, message, then key=value. Standard output belongs to data. */
export const logToStderr: Log = ({ level, message, fields }) => {
  const extra = Object.entries(fields ?? {}).map(([key, value]) => ` ${key}=${typeof value === "string" && /[\s="]/.test(value) ? JSON.stringify(value) : String(value)}`);
  process.stderr.write(`${new Date().toISOString()} ${level} ${message.replaceAll(/[\r\n]+/g, " ")}${extra.join("")}\n`);
};
