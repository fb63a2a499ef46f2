import { checkExperimentUpdate, checkNewExperiment, checkRepeated, experimentTaken, unknownExperiment } from "@gauntlet/controller";
import type { ExperimentStore, ExperimentUpdate, NewExperiment, PendingTag } from "@gauntlet/controller";
import { canonicalJson } from "@gauntlet/core";
import type { Experiment, ExperimentChange, ExperimentView, Variant } from "@gauntlet/core";
import { changeOf, configText, viewsOf } from "../../sql/experiment-rows.ts";
import type { ChangeRow, VariantRow } from "../../sql/experiment-rows.ts";
import type { Database } from "../database.ts";
import { CHANGE, EXPERIMENT, VARIANT } from "./columns.ts";
import { writeVersionUpdates } from "./policy-versions.ts";

type Part = Pick<ExperimentStore, "create" | "find" | "list" | "revision" | "ofModel" | "change" | "journal" | "pendingTags" | "tagDone">;

export function experimentsOf(database: Database): Part {
  return {
    create: async (created) => database.transaction(() => create(database, created)),
    find: async (idOrName) => find(database, "id = ?1 OR name = ?1", idOrName),
    list: async () =>
      viewsOf(
        database.all<Experiment>(`SELECT ${EXPERIMENT} FROM exp_experiments ORDER BY created_at, id`),
        database.all<VariantRow>(`SELECT ${VARIANT} FROM exp_variants`),
      ),
    // An epoch only ever grows, so any change adds to the sum.
    revision: async () => database.get<{ readonly revision: string }>("SELECT count(*) || ' ' || coalesce(sum(epoch), 0) AS revision FROM exp_experiments")?.revision ?? "",
    ofModel: async (model) => find(database, "model = ?1 ORDER BY status = 'completed', created_at DESC, id DESC", model),
    change: async (update) => database.transaction(() => change(database, update)),
    journal: async (experimentId) => database.all<ChangeRow>(`SELECT ${CHANGE} FROM exp_journal WHERE experiment_id = ? ORDER BY epoch`, experimentId).map(changeOf),
    pendingTags: async (limit) => database.all<PendingTag>("SELECT CAST(id AS TEXT) AS id, model, version, name, value FROM exp_registry_tags ORDER BY exp_registry_tags.id LIMIT ?", limit).map((tag) => ({ ...tag })),
    tagDone: async (id) => {
      database.run("DELETE FROM exp_registry_tags WHERE id = ?", Number(id));
    },
  };
}

function find(database: Database, where: string, value: string): ExperimentView | null {
  const experiments = database.all<Experiment>(`SELECT ${EXPERIMENT} FROM exp_experiments WHERE ${where} LIMIT 1`, value);
  const variants = experiments.flatMap(({ id }) => database.all<VariantRow>(`SELECT ${VARIANT} FROM exp_variants WHERE experiment_id = ?`, id));
  return viewsOf(experiments, variants)[0] ?? null;
}

function create(database: Database, created: NewExperiment): ExperimentView {
  const { experiment, variants, change: row } = created;
  checkNewExperiment(created);
  const known = find(database, "id = ?1", experiment.id);
  if (known !== null) {
    const first = database.get<{ readonly digest: string }>("SELECT request_digest AS digest FROM exp_journal WHERE experiment_id = ? ORDER BY epoch LIMIT 1", experiment.id);
    if (first?.digest === row.requestDigest) return known;
    throw experimentTaken(`the id ${experiment.id}`);
  }
  if (find(database, "name = ?1", experiment.name) !== null) throw experimentTaken(`the name "${experiment.name}"`);
  if (experiment.model !== null && experiment.status !== "completed" && find(database, "model = ?1 AND status <> 'completed'", experiment.model) !== null) throw experimentTaken(`the model ${experiment.model}`);
  const { id, name, description, status, unitType, model, epoch, startAt, endAt, createdAt, updatedAt } = experiment;
  database.run(
    "INSERT INTO exp_experiments (id, name, description, status, unit_type, model, epoch, start_at, end_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    id, name, description, status, unitType, model, epoch, startAt, endAt, createdAt, updatedAt,
  );
  for (const variant of variants) writeVariant(database, variant);
  writeChange(database, row);
  return find(database, "id = ?1", id) as ExperimentView;
}

function change(database: Database, update: ExperimentUpdate): ExperimentView {
  const { next, change: row, policyVersions = [], tags = [] } = update;
  const { id, description, status, epoch, startAt, endAt, updatedAt } = next.experiment;
  const before = find(database, "id = ?1", id);
  if (before === null) throw unknownExperiment(next.experiment.name);
  const repeated = database.get<Pick<ExperimentChange, "op" | "requestDigest">>("SELECT op, request_digest AS requestDigest FROM exp_journal WHERE experiment_id = ? AND idempotency_key = ?", id, row.idempotencyKey);
  if (repeated !== undefined) {
    checkRepeated(repeated, row);
    return before;
  }
  checkExperimentUpdate(before, update);
  // Roles and names move between variants, and no two may have one at any time.
  database.run("UPDATE exp_variants SET role = 'arm' WHERE experiment_id = ? AND role = 'baseline'", id);
  for (const variant of next.variants.toSorted((a, b) => Number(b.archivedAt !== null) - Number(a.archivedAt !== null))) writeVariant(database, variant);
  // Otherwise it is frozen, and left as it was written, in whatever form.
  if (before.experiment.status === "draft") for (const variant of next.variants) database.run("UPDATE exp_variants SET config = coalesce(?, config) WHERE id = ?", configText(variant), variant.id);
  database.run(
    "UPDATE exp_experiments SET description = ?, status = ?, epoch = ?, start_at = ?, end_at = ?, updated_at = ? WHERE id = ?",
    description, status, epoch, startAt, endAt, updatedAt, id,
  );
  writeChange(database, row);
  writeVersionUpdates(database, policyVersions);
  for (const { model, version, name, value } of tags) database.run("INSERT INTO exp_registry_tags (model, version, name, value) VALUES (?, ?, ?, ?)", model, version, name, value);
  return find(database, "id = ?1", id) as ExperimentView;
}

function writeVariant(database: Database, variant: Variant): void {
  const { id, experimentId, name, description, role, position, basisPoints, ranges, archivedAt, createdAt } = variant;
  database.run(
    `INSERT INTO exp_variants (id, experiment_id, name, description, role, position, basis_points, ranges, config, archived_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, '{}'), ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, role = excluded.role, position = excluded.position, basis_points = excluded.basis_points,
       ranges = excluded.ranges, archived_at = excluded.archived_at`,
    id, experimentId, name, description, role, position, basisPoints, canonicalJson(ranges), configText(variant), archivedAt, createdAt,
  );
}

function writeChange(database: Database, row: ExperimentChange): void {
  const { experimentId, epoch, op, actor, reason, at, before, after, evidenceDigest, idempotencyKey, requestDigest } = row;
  database.run(
    "INSERT INTO exp_journal (experiment_id, epoch, op, actor, reason, at, before, after, evidence_digest, idempotency_key, request_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    experimentId, epoch, op, actor, reason, at, canonicalJson(before), canonicalJson(after), evidenceDigest, idempotencyKey, requestDigest,
  );
}
