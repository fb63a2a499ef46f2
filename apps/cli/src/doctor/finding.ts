import { Failure } from "@gauntlet/core";

/** One thing that was looked at: how it is, and how to mend it. */
export interface Finding {
  readonly what: string;
  readonly status: "ok" | "warn" | "fail";
  readonly says: string;
  readonly fix: string | null;
}

/** Nothing was ever run here: that is no fault. */
const NO_DATA = "not_found";

export async function finding(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, status: "ok", says: await look(), fix: null };
  } catch (error) {
    if (!(error instanceof Failure)) return { what, status: "fail", says: error instanceof Error ? error.message : String(error), fix: null };
    return { what, status: error.code === NO_DATA ? "warn" : "fail", says: error.message, fix: error.fix };
  }
}

/** The same for what the configuration names: that it isn't there is a fault. */
export async function required(what: string, look: () => Promise<string>): Promise<Finding> {
  const found = await finding(what, look);
  return found.status === "warn" ? { ...found, status: "fail" } : found;
}
