import { asFailure } from "@gauntlet/controller";
import { allocationOf, compileRoutes, liveVariants, type Allocation, type Experiment, type ExperimentView, type PolicyVersion, type VariantConfig } from "@gauntlet/core";

/**
 * What a unit can be given under one name: a variant of an experiment, or a version of a model that is in no experiment.
 * It is compiled once for an epoch, so that a request only hashes its unit and finds a text that is ready to be sent.
 */
export interface Flag {
  /** Name of the experiment, or of the model. */
  readonly key: string;
  /** null for a model. */
  readonly experiment: Experiment | null;
  readonly epoch: number;
  readonly state: "serving" | "paused" | "off";
  /** Units are given something in [startAt, endAt). */
  readonly startAt: number;
  readonly endAt: number;
  /** Which variant the ranges give the unit. @throws Failure `invalid_input` for a unit that can't be hashed. */
  readonly variantOf: (unit: string) => FlagVariant;
  /** What is wrong with it when nothing can be given, though it should be. */
  readonly problem: string | null;
}

export interface FlagVariant {
  /** null for a model's slot. */
  readonly id: string | null;
  readonly name: string;
  readonly config: VariantConfig | null;
  readonly configError: string | null;
  /** The OFREP evaluation as JSON: a success, or the failure of a variant whose config is invalid. */
  readonly evaluation: string;
}

/** A flag is asked for by this: letters, digits and . _ - as in every URL and file. */
export const FLAG_KEY: RegExp = /^[A-Za-z0-9._-]{1,255}$/;

/** The flag of an experiment. `versions` must hold every policy version that its configs name. */
export function experimentFlag(view: ExperimentView, versions: readonly PolicyVersion[]): Flag {
  const { experiment } = view;
  const { name: key, epoch, status } = experiment;
  const head = { key, experiment, epoch, startAt: experiment.startAt ?? Number.NEGATIVE_INFINITY, endAt: experiment.endAt ?? Number.POSITIVE_INFINITY };
  if (status === "draft" || status === "completed") return { ...head, state: "off", variantOf: nobody, problem: null };
  return withVariants({ ...head, state: status === "active" ? "serving" : "paused" }, () => experimentVariants(view, allocationOf(view, versions)));
}

/** The flag of a model whose split is its own; its value is the version that serves the unit. */
export function modelFlag(allocation: Allocation): Flag {
  const { model, epoch, hash } = allocation;
  const head = { key: model, experiment: null, epoch, state: "serving", startAt: Number.NEGATIVE_INFINITY, endAt: Number.POSITIVE_INFINITY } as const;
  const reason = reasonOf(allocation);
  const variants = new Map(
    allocation.arms.map(({ slot, version }) => {
      const metadata = { epoch, version, model, hash: hash ?? "murmur3" };
      return [slot, { id: null, name: slot, config: null, configError: null, evaluation: JSON.stringify({ key: model, value: version, reason, variant: slot, metadata }) }] as const;
    }),
  );
  return withVariants(head, () => bySlot(allocation, variants));
}

type Head = Omit<Flag, "variantOf" | "problem">;

/** What is unsound is a flag with a problem, so that the others are served. */
function withVariants(head: Head, compile: () => Flag["variantOf"]): Flag {
  try {
    return { ...head, variantOf: compile(), problem: null };
  } catch (error) {
    return { ...head, variantOf: nobody, problem: asFailure(error).message };
  }
}

function experimentVariants(view: ExperimentView, allocation: Allocation): Flag["variantOf"] {
  const reason = reasonOf(allocation);
  const { id: experimentId, name: key, epoch, model, unitType } = view.experiment;
  const variants = new Map(
    liveVariants(view).map(({ id, name, config, configError }) => {
      const version = allocation.arms.find((arm) => arm.slot === name)?.version ?? "";
      const metadata = { experimentId, variantId: id, unitType, epoch, version, ...(model === null ? {} : { model }), hash: allocation.hash ?? "murmur3" };
      const answer = config === null ? { key, errorCode: "PARSE_ERROR", errorDetails: `variant "${name}": ${configError ?? "its config is invalid"}`, metadata } : { key, value: config, reason, variant: name, metadata };
      return [name, { id, name, config, configError, evaluation: JSON.stringify(answer) }] as const;
    }),
  );
  return bySlot(allocation, variants);
}

function bySlot(allocation: Allocation, variants: ReadonlyMap<string, FlagVariant>): Flag["variantOf"] {
  const routes = compileRoutes(allocation);
  return (unit) => variants.get(routes(unit).slot) as FlagVariant;
}

/** With one arm nobody is compared with anybody. */
function reasonOf({ arms }: Allocation): "SPLIT" | "STATIC" {
  return arms.filter((arm) => arm.ranges.length > 0).length > 1 ? "SPLIT" : "STATIC";
}

function nobody(): never {
  throw new Error("nothing is given under a flag that is off");
}
