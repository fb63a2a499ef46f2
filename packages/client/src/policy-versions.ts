import type { NewPolicyVersion, NewReplay, PolicyVersion, ReplayAnswer, ReplayList } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, ChangeOptions, Connection } from "./connection.ts";
import { change, query, read } from "./read.ts";
import type { Sent } from "./sent.ts";

/** Which model version a product's policy runs, with which defaults, and the offline replays that let it be a candidate. */
export interface PolicyVersions {
  list(of?: { readonly model?: string; readonly policy?: string }, options?: CallOptions): Promise<readonly PolicyVersion[]>;
  create(version: Sent<NewPolicyVersion>, options?: ChangeOptions): Promise<PolicyVersion>;
  makeDefault(id: string, options?: ChangeOptions): Promise<PolicyVersion>;
  /** Newest first. */
  replays(of: { readonly model: string; readonly version?: string }, options?: CallOptions): Promise<ReplayList>;
  replay(replay: Sent<NewReplay>, options?: ChangeOptions): Promise<ReplayAnswer>;
}

export function policyVersions(server: Connection): PolicyVersions {
  return {
    list: async (of = {}, options = {}) => (await read<{ readonly policyVersions: readonly PolicyVersion[] }>(server, paths.policyVersions + query({ ...of }), options)).policyVersions,
    create: (body, options) => change(server, { path: paths.policyVersions, body, options }),
    makeDefault: (id, options) => change(server, { path: paths.policyVersionDefault(id), body: {}, options }),
    replays: (of, options) => read(server, paths.replays + query({ ...of }), options),
    replay: (body, options) => change(server, { path: paths.replays, body, options }),
  };
}
