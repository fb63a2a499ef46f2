import { checkExperimentUpdate, checkNewExperiment, checkRepeated, experimentTaken, unknownExperiment } from "@gauntlet/controller";
import type { ExperimentStore, ExperimentUpdate, NewExperiment, PendingTag } from "@gauntlet/controller";
import { canonicalJson, uuidOf } from "@gauntlet/core";
import type { Experiment, ExperimentChange, ExperimentView, Variant } from "@gauntlet/core";
import { changeOf, configText, viewsOf } from "../../sql/experiment-rows.ts";
import type { ChangeRow, VariantRow } from "../../sql/experiment-rows.ts";
import type { Database, Queries } from "../database.ts";
import { sharedReads } from "../shared-reads.ts";
import { CHANGE, EXPERIMENT, instant, VARIANT } from "./columns.ts";
import { writeVersionUpdates } from "./policy-versions.ts";

type Part = Pick<ExperimentStore, "create" | "find" | "list" | "revision" | "ofModel" | "change" | "journal" | "pendingTags" | "tagDone">;

export function experimentsOf(database: Database): Part {
  return {
    create: (created) => database.transaction("new experiment", (queries) => create(queries, created)),
    find: sharedReads(async (idOrName) => (uuidOf(idOrName) === null ? null : await find(database, "id = $1::uuid", idOrName)) ?? find(database, "name = $1", idOrName)),
    list: () => views(database, "true ORDER BY e.created_at, e.id"),
    // An epoch only ever grows, so any change adds to the sum.
    revision: async () => (await database.all<{ readonly revision: string }>("SELECT count(*) || ' ' || coalesce(sum(epoch), 0) AS revision FROM @exp.experiments"))[0]?.revision ?? "",
    ofModel: (model) => find(database, "model = $1 ORDER BY status = 'completed', e.created_at DESC, e.id DESC", model),
    change: (update) => database.transaction(`experiment ${update.next.experiment.id}`, (queries) => change(queries, update)),
    journal: sharedReads(async (experimentId) => (await database.all<ChangeRow>(`SELECT ${CHANGE} FROM @exp.journal WHERE experiment_id = $1 ORDER BY @exp.journal.epoch`, experimentId)).map(changeOf)),
    pendingTags: (limit) => database.all<PendingTag>("SELECT id::text, model, version, name, value FROM @exp.registry_tags t ORDER BY t.id LIMIT $1", limit),
    tagDone: async (id) => {
      await database.run("DELETE FROM @exp.registry_tags WHERE id = $1::bigint", id);
    },
  };
}

const OF_MODEL = "model = $1 AND status <> 'completed'";

async function find(queries: Queries, where: string, value: string): Promise<ExperimentView | null> {
  return (await views(queries, `${where} LIMIT 1`, value))[0] ?? null;
}

/** In one statement, so that each view is of one moment: its ranges are those of its epoch. */
async function views(queries: Queries, where: string, ...values: readonly string[]): Promise<readonly ExperimentView[]> {
  const rows = await queries.all<Experiment & { readonly variants: readonly VariantRow[] | null }>(
    `SELECT ${EXPERIMENT}, (SELECT json_agg(v) FROM (SELECT ${VARIANT} FROM @exp.variants WHERE experiment_id = e.id) v) AS variants FROM @exp.experiments e WHERE ${where}`,
    ...values,
  );
  return rows.flatMap(({ variants, ...experiment }) => viewsOf([experiment], variants ?? []));
}

async function create(queries: Queries, created: NewExperiment): Promise<ExperimentView> {
  const { experiment, variants, change: row } = created;
  checkNewExperiment(created);
  const { id, name, description, status, unitType, model, epoch, startAt, endAt, createdAt, updatedAt } = experiment;
  const known = await find(queries, "id = $1::uuid", id);
  if (known !== null) {
    const [first] = await queries.all<{ readonly digest: string }>("SELECT request_digest AS digest FROM @exp.journal WHERE experiment_id = $1 ORDER BY epoch LIMIT 1", id);
    if (first?.digest === row.requestDigest) return known;
    throw experimentTaken(`the id ${id}`);
  }
  if ((await find(queries, "name = $1", name)) !== null) throw experimentTaken(`the name "${name}"`);
  if (model !== null && status !== "completed" && (await find(queries, OF_MODEL, model)) !== null) throw experimentTaken(`the model ${model}`);
  await queries.run(
    `INSERT INTO @exp.experiments (id, name, description, status, unit_type, model, epoch, start_at, end_at, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, ${instant("$8")}, ${instant("$9")}, ${instant("$10")}, ${instant("$11")})`,
    id, name, description, status, unitType, model, epoch, startAt, endAt, createdAt, updatedAt,
  );
  for (const variant of variants) await writeVariant(queries, variant);
  await writeChange(queries, row);
  return (await find(queries, "id = $1::uuid", id)) as ExperimentView;
}

async function change(queries: Queries, update: ExperimentUpdate): Promise<ExperimentView> {
  const { next, change: row, policyVersions = [], tags = [] } = update;
  const { id, description, status, epoch, startAt, endAt, updatedAt } = next.experiment;
  const before = await find(queries, "id = $1::uuid", id);
  if (before === null) throw unknownExperiment(next.experiment.name);
  const [repeated] = await queries.all<Pick<ExperimentChange, "op" | "requestDigest">>(`SELECT op, request_digest AS "requestDigest" FROM @exp.journal WHERE experiment_id = $1 AND idempotency_key = $2`, id, row.idempotencyKey);
  if (repeated !== undefined) {
    checkRepeated(repeated, row);
    return before;
  }
  checkExperimentUpdate(before, update);
  // Roles and names move between variants, and no two may have one at any time.
  await queries.run("UPDATE @exp.variants SET role = 'arm' WHERE experiment_id = $1 AND role = 'baseline'", id);
  for (const variant of next.variants.toSorted((a, b) => Number(b.archivedAt !== null) - Number(a.archivedAt !== null))) await writeVariant(queries, variant);
  // Otherwise it is frozen, and left as it was written, in whatever form.
  if (before.experiment.status === "draft") for (const variant of next.variants) await queries.run("UPDATE @exp.variants SET config = coalesce($1::jsonb, config) WHERE id = $2", configText(variant), variant.id);
  await queries.run(
    `UPDATE @exp.experiments SET description = $1, status = $2, epoch = $3, start_at = ${instant("$4")}, end_at = ${instant("$5")}, updated_at = ${instant("$6")} WHERE id = $7`,
    description, status, epoch, startAt, endAt, updatedAt, id,
  );
  await writeChange(queries, row);
  await writeVersionUpdates(queries, policyVersions);
  for (const { model, version, name, value } of tags) await queries.run("INSERT INTO @exp.registry_tags (model, version, name, value) VALUES ($1, $2, $3, $4)", model, version, name, value);
  return (await find(queries, "id = $1::uuid", id)) as ExperimentView;
}

async function writeVariant(queries: Queries, variant: Variant): Promise<void> {
  const { id, experimentId, name, description, role, position, basisPoints, ranges, archivedAt, createdAt } = variant;
  await queries.run(
    `INSERT INTO @exp.variants (id, experiment_id, name, description, role, position, basis_points, ranges, config, archived_at, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, coalesce($9::jsonb, '{}'), ${instant("$10")}, ${instant("$11")})
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, role = excluded.role, position = excluded.position, basis_points = excluded.basis_points,
       ranges = excluded.ranges, archived_at = excluded.archived_at`,
    id, experimentId, name, description, role, position, basisPoints, canonicalJson(ranges), configText(variant), archivedAt, createdAt,
  );
}

async function writeChange(queries: Queries, row: ExperimentChange): Promise<void> {
  const { experimentId, epoch, op, actor, reason, at, before, after, evidenceDigest, idempotencyKey, requestDigest } = row;
  await queries.run(
    `INSERT INTO @exp.journal (experiment_id, epoch, op, actor, reason, at, before, after, evidence_digest, idempotency_key, request_digest)
     VALUES ($1, $2, $3, $4, $5, ${instant("$6")}, $7::jsonb, $8::jsonb, $9, $10, $11)`,
    experimentId, epoch, op, actor, reason, at, canonicalJson(before), canonicalJson(after), evidenceDigest, idempotencyKey, requestDigest,
  );
}
