import { DatabaseSync, type StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

import type { AnsweredAside, AskedAside } from "./read-aside.ts";

const { file } = workerData as { readonly file: string };
const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
const statements = new Map<string, StatementSync>();

parentPort?.on("message", ({ id, sql, values }: AskedAside) => {
  let answer: AnsweredAside;
  try {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    answer = { id, rows: statement.all(...values), error: null };
  } catch (error) {
    answer = { id, rows: null, error };
  }
  parentPort?.postMessage(answer);
});
