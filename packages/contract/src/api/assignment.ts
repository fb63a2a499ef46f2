import { z } from "zod";

const unitText = z.string().min(1).max(255);

/** What the planner's assignment service takes. `context` is kept for its clients and changes nothing. */
export const assignmentRequest = z
  .strictObject({
    unit_type: z.enum(["user", "household", "session"]),
    unit_id: unitText,
    context: z.record(z.string(), z.unknown()).optional(),
    requested_experiments: z.array(unitText).max(100).describe("names"),
  })
  .meta({ id: "AssignmentRequest" });
export type AssignmentRequest = z.input<typeof assignmentRequest>;

const assignment = z
  .object({
    experiment_id: z.string(),
    experiment_name: z.string(),
    variant_id: z.string(),
    variant_name: z.string(),
    config: z.record(z.string(), z.unknown()).nullable().describe("normalised; null when the stored one is invalid"),
    config_error: z.string().optional().describe("why config is null"),
  })
  .meta({ id: "Assignment" });
export type Assignment = z.infer<typeof assignment>;

const skippedExperiment = z
  .object({ experiment_name: z.string(), reason: z.enum(["not_active", "not_found"]).describe("not_active: not for this unit now: a draft, completed, out of its time, of another unit type, or paused and the unit is new") })
  .meta({ id: "SkippedExperiment" });
export type SkippedExperiment = z.infer<typeof skippedExperiment>;

export const assignments = z.object({ assignments: z.array(assignment), skipped_experiments: z.array(skippedExperiment) }).meta({ id: "Assignments" });
export type Assignments = z.infer<typeof assignments>;
