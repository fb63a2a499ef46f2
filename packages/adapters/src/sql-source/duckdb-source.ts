import type { EvidenceSource } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { globSync } from "node:fs";
import { resolve } from "node:path";

import { unavailable } from "../source/unavailable.ts";
import { sqlSource, type SqlDatabase, type SqlOptions } from "./sql-source.ts";
import type { ParameterValue } from "./parameters.ts";

export type DuckdbSourceOptions = SqlOptions & {
  /** Tables of the query: a path or pattern of Parquet or CSV files each, such as `/data/outcomes-*.parquet`. */
  readonly files: Readonly<Record<string, string>>;
};

/**
 * A query over Parquet and CSV files, run by DuckDB inside this process. It sees those files and nothing else: no other
 * path, no network, no extension. The package is loaded at the first reading, so that it may be absent where nobody reads.
 */
export function duckdbSource(options: DuckdbSourceOptions): EvidenceSource {
  return sqlSource(options, duckdbDatabase(options));
}

type Duckdb = typeof import("@duckdb/node-api");

function duckdbDatabase({ name, files, timeoutMs }: DuckdbSourceOptions): SqlDatabase {
  return {
    kind: "duckdb",
    location: Object.values(files).join(", "),
    async read(work) {
      const duckdb = await load(name);
      const tables = Object.entries(files).map(([table, pattern]) => ({ table, paths: pathsOf(name, pattern) }));
      const instance = await duckdb.DuckDBInstance.create(":memory:", CONFIGURATION);
      const connection = await instance.connect();
      const stop = interruptAfter(connection, timeoutMs);
      try {
        await open(connection, tables);
        return await work({
          async select(sql, values) {
            const statements = await connection.extractStatements(sql);
            if (statements.count !== 1) throw unavailable(name, "the query is more than one statement", { fix: "select once" });
            const statement = await statements.prepare(0);
            values.forEach((value, index) => bind(duckdb, { statement, value, position: index + 1 }));
            const result = await statement.runAndReadAll();
            return { columns: result.columnNames(), rows: result.getRowsJson().map((row) => row.map(textOf)) };
          },
        });
      } catch (error) {
        if (error instanceof Failure) throw error;
        const [detail = ""] = (error instanceof Error ? error.message : String(error)).split("\n\n", 1);
        const slow = detail.startsWith("INTERRUPT");
        throw unavailable(name, slow ? `DuckDB did not finish within ${timeoutMs} ms` : `DuckDB: ${detail}`, { cause: error, fix: slow ? "give it fewer files, or raise timeoutMs" : "mend the query or the files; the query sees the tables under `files` only" });
      } finally {
        stop();
        connection.closeSync();
        instance.closeSync();
      }
    },
  };
}

const CONFIGURATION = { threads: "2", memory_limit: "1GB", autoinstall_known_extensions: "false", autoload_known_extensions: "false", allow_community_extensions: "false" };

/** DuckDB's own binaries are not made for every machine. */
async function load(source: string): Promise<Duckdb> {
  try {
    return await import("@duckdb/node-api");
  } catch (cause) {
    throw unavailable(source, "DuckDB is not installed on this machine", { cause, fix: "install @duckdb/node-api where Gauntlet runs, on a platform it is made for" });
  }
}

type Connection = Awaited<ReturnType<Awaited<ReturnType<Duckdb["DuckDBInstance"]["create"]>>["connect"]>>;

/** Again and again, since an interrupt between two statements is lost. */
function interruptAfter(connection: Connection, timeoutMs: number): () => void {
  const interrupt = (): void => {
    connection.interrupt();
    timer = setTimeout(interrupt, INTERRUPT_MS);
  };
  let timer = setTimeout(interrupt, timeoutMs);
  return () => clearTimeout(timer);
}

const INTERRUPT_MS = 50;

interface FileTable {
  readonly table: string;
  readonly paths: readonly string[];
}

/** The tables are views of the files; then everything else is locked away, for good. */
async function open(connection: Connection, tables: readonly FileTable[]): Promise<void> {
  for (const { table, paths } of tables) {
    const reader = paths.every((path) => path.endsWith(".parquet")) ? "read_parquet" : "read_csv";
    await connection.run(`CREATE VIEW "${table.replaceAll('"', '""')}" AS SELECT * FROM ${reader}(${listOf(paths)})`);
  }
  await connection.run(`SET allowed_paths=${listOf(tables.flatMap(({ paths }) => paths))}`);
  await connection.run("SET temp_directory=''");
  await connection.run("SET TimeZone='UTC'");
  await connection.run("SET enable_external_access=false");
  await connection.run("SET lock_configuration=true");
}

function pathsOf(source: string, pattern: string): readonly string[] {
  const paths = globSync(pattern).map((path) => resolve(path)).toSorted();
  if (paths.length === 0) throw unavailable(source, `there is no file ${pattern}`, { fix: "see that the files are there and can be read" });
  const other = paths.find((path) => !/\.(?:parquet|csv(?:\.gz)?)$/.test(path));
  if (other !== undefined || new Set(paths.map((path) => path.endsWith(".parquet"))).size > 1) {
    throw unavailable(source, `${other ?? pattern} is neither Parquet nor CSV, or a mixture of both`, { fix: "give a table files of one form: .parquet, or .csv and .csv.gz" });
  }
  return paths;
}

function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ")}]`;
}

type Statement = Awaited<ReturnType<Connection["prepare"]>>;

function bind(duckdb: Duckdb, { statement, value, position }: { readonly statement: Statement; readonly value: ParameterValue; readonly position: number }): void {
  switch (value.kind) {
    case "text":
      statement.bindVarchar(position, value.value);
      return;
    case "integer":
      statement.bindBigInt(position, BigInt(value.value));
      return;
    case "instant":
      statement.bindTimestampTZ(position, new duckdb.DuckDBTimestampTZValue(BigInt(value.ms) * 1000n));
  }
}

/** Whole numbers and decimals come as text already. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
