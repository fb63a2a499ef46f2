import type { Verification } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";

import type { Audit } from "../audit/audit.ts";

/** Knows whether the ledger verifies. A broken chain stops every decision and act; reading goes on (I10). */
export interface LedgerGuard {
  status(): "unchecked" | Verification["status"];
  /** Verifies every chain now; calls at the same time share one run. */
  verify(): Promise<Verification>;
  /** Waits for the first verification. @throws Failure `ledger_corrupt` naming chain and entry. */
  requireSound(): Promise<void>;
}

export function ledgerGuard(audit: Pick<Audit, "verify">, onBroken: (failure: Failure) => void): LedgerGuard {
  let latest: Verification | null = null;
  let running: Promise<Verification> | null = null;

  async function run(): Promise<Verification> {
    try {
      const verification = await audit.verify();
      const news = verification.status === "broken" && latest?.status !== "broken";
      // A chain that was broken once stays so until the process starts again, whatever a later look says.
      if (latest?.status !== "broken") latest = verification;
      if (news) onBroken(corrupt(verification));
      return verification;
    } finally {
      running = null;
    }
  }

  function verify(): Promise<Verification> {
    running ??= run();
    return running;
  }

  return {
    status: () => latest?.status ?? "unchecked",
    verify,
    async requireSound() {
      const known = latest ?? (await verify());
      if (known.status === "broken") throw corrupt(known);
    },
  };
}

function corrupt({ breaks }: Verification): Failure {
  const [first] = breaks;
  const where = first === undefined ? "" : ` at entry ${first.seq} of ${first.chain}: ${first.detail}`;
  return new Failure("ledger_corrupt", `the ledger is broken${where}`, { fix: "nothing is decided or done until the data is restored from a backup, or the cause is found: `gauntlet ledger verify`" });
}
