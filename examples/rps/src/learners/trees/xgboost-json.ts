import { CLASSES } from "../dataset.ts";
import { BASE_SCORE, type BoostedTrees } from "./boosted-trees.ts";
import type { Tree } from "./tree.ts";

/**
 * The model in XGBoost's JSON format (its "Introduction to Model IO" and the schema beside it), which Python's `xgboost`
 * loads and scores alike.
 */
export function toXgboostJson({ trees, columns }: BoostedTrees, featureNames: readonly string[]): string {
  const text = JSON.stringify({
    version: [2, 1, 0],
    learner: {
      attributes: {},
      feature_names: featureNames,
      feature_types: featureNames.map(() => "float"),
      gradient_booster: {
        name: "gbtree",
        model: {
          gbtree_model_param: { num_parallel_tree: "1", num_trees: String(trees.length) },
          iteration_indptr: Array.from({ length: trees.length / CLASSES + 1 }, (_, i) => i * CLASSES),
          tree_info: trees.map((_, i) => i % CLASSES),
          trees: TREES,
        },
      },
      learner_model_param: { base_score: String(BASE_SCORE), boost_from_average: "0", num_class: String(CLASSES), num_feature: String(columns), num_target: "1" },
      objective: { name: "multi:softprob", softmax_multiclass_param: { num_class: String(CLASSES) } },
    },
  });
  const [before, after] = text.split(JSON.stringify(TREES)) as [string, string];
  // Tree by tree: all of them as objects at once would take twenty times the memory of their text.
  return [before, "[", trees.map((tree, id) => JSON.stringify(treeJson(tree, { id, columns })).replaceAll(FLOAT, "$1")).join(","), "]", after].join("");
}

/** Stands where the trees come. */
const TREES = "~trees~";

/** A number as text in marks that JSON keeps as they are: XGBoost takes 1 for an integer, and refuses it where a float must be. */
function floats(values: Float32Array): readonly string[] {
  return Array.from(values, (value) => `~${Number.isInteger(value) ? value.toFixed(1) : value}~`);
}

const FLOAT = /"~(-?[0-9.e+-]+)~"/g;

/** How XGBoost says that a root has no parent. */
const NO_PARENT = 2_147_483_647;

function treeJson(tree: Tree, { id, columns }: { readonly id: number; readonly columns: number }): unknown {
  const nodes = tree.left.length;
  return {
    base_weights: floats(tree.weight),
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: Array.from({ length: nodes }, () => 0),
    id,
    left_children: [...tree.left],
    loss_changes: floats(tree.gain),
    parents: Array.from(tree.parent, (parent) => (parent === -1 ? NO_PARENT : parent)),
    right_children: [...tree.right],
    split_conditions: floats(tree.value),
    split_indices: [...tree.column],
    split_type: Array.from({ length: nodes }, () => 0),
    sum_hessian: floats(tree.hessian),
    tree_param: { num_deleted: "0", num_feature: String(columns), num_nodes: String(nodes), size_leaf_vector: "1" },
  };
}

/** @throws SyntaxError or RangeError for text that is not such a model of three classes. */
export function fromXgboostJson(text: string): BoostedTrees {
  const learner = (JSON.parse(text) as { readonly learner?: LearnerJson }).learner;
  if (learner?.objective?.name !== "multi:softprob" || learner.gradient_booster?.name !== "gbtree") throw new RangeError("this is no XGBoost model of trees for several classes");
  const { trees } = learner.gradient_booster.model;
  const columns = Number(learner.learner_model_param.num_feature);
  if (Number(learner.learner_model_param.num_class) !== CLASSES || trees.length % CLASSES !== 0 || !Number.isSafeInteger(columns)) throw new RangeError(`this model is not of ${CLASSES} classes`);
  return { kind: "trees", columns, trees: trees.map((tree) => parseTree(tree, columns)) };
}

interface LearnerJson {
  readonly objective?: { readonly name: string };
  readonly gradient_booster?: { readonly name: string; readonly model: { readonly trees: readonly TreeJson[] } };
  readonly learner_model_param: { readonly num_class: string; readonly num_feature: string };
}

type TreeJson = Readonly<Record<"left_children" | "right_children" | "parents" | "split_indices" | "split_conditions" | "loss_changes" | "sum_hessian" | "base_weights", readonly number[]>>;

function parseTree(json: TreeJson, columns: number): Tree {
  const left = Int32Array.from(json.left_children);
  const right = Int32Array.from(json.right_children);
  const column = Int32Array.from(json.split_indices);
  const nodes = left.length;
  // A child further on than its parent can't lead in a circle.
  const sound = nodes > 0 && left.every((child, i) => (child === -1 ? right[i] === -1 : child > i && child < nodes && right[i]! > i && right[i]! < nodes)) && column.length === nodes && column.every((c) => c >= 0 && c < columns) && json.split_conditions.length === nodes;
  if (!sound) throw new RangeError("a tree of the model leads to nodes or columns that it doesn't have");
  return {
    left,
    right,
    column,
    parent: Int32Array.from(json.parents, (parent) => (parent === NO_PARENT ? -1 : parent)),
    value: Float32Array.from(json.split_conditions),
    gain: Float32Array.from(json.loss_changes),
    hessian: Float32Array.from(json.sum_hessian),
    weight: Float32Array.from(json.base_weights),
  };
}
