import { z } from "zod";

/** A source of evidence, as it answers now. */
export const sourceStatus = z.object({
  /** As policies name it. */
  name: z.string(),
  kind: z.string(),
  /** Without credentials. */
  location: z.string(),
  /** What it can give: metric and kind. */
  metrics: z.record(z.string(), z.enum(["rate", "moments", "histogram", "ratio", "count"])),
  /** ok: it answers. stale: its newest data are too old. unavailable: it does not answer as it should. */
  status: z.enum(["ok", "stale", "unavailable"]),
  /** Up to when its data reach, milliseconds since the Unix epoch; null when only a reading for a rollout can tell. */
  freshAt: z.number().nullable(),
  ageMaxMs: z.number(),
  says: z.string(),
  fix: z.string().nullable(),
}).meta({ id: "SourceStatus" });
export type SourceStatus = z.infer<typeof sourceStatus>;

/** Every source of the configuration, by name. `now` is the controller's clock. */
export const sourceReport = z.object({ now: z.number(), sources: z.array(sourceStatus) }).meta({ id: "SourceReport" });
export type SourceReport = z.infer<typeof sourceReport>;
