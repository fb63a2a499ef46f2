import { evidence } from "./001-evidence.ts";
import { ledger } from "./002-ledger.ts";
import { servingAndAccess } from "./003-serving-and-access.ts";
import { retention } from "./004-retention.ts";
import { followUps } from "./005-follow-ups.ts";
import { experiments } from "./006-experiments.ts";
import { matches } from "./007-matches.ts";
import { monitor } from "./008-monitor.ts";
import { sync } from "./009-sync.ts";
import { joinsByTime } from "./010-joins-by-time.ts";
import { hookMarks } from "./011-hook-marks.ts";
import { deliveryTries } from "./012-delivery-tries.ts";

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** In order: the first is number 1. One that was released is never changed; a new one is added. */
export const MIGRATIONS: readonly Migration[] = [
  { name: "001-evidence", sql: evidence },
  { name: "002-ledger", sql: ledger },
  { name: "003-serving-and-access", sql: servingAndAccess },
  { name: "004-retention", sql: retention },
  { name: "005-follow-ups", sql: followUps },
  { name: "006-experiments", sql: experiments },
  { name: "007-matches", sql: matches },
  { name: "008-monitor", sql: monitor },
  { name: "009-sync", sql: sync },
  { name: "010-joins-by-time", sql: joinsByTime },
  { name: "011-hook-marks", sql: hookMarks },
  { name: "012-delivery-tries", sql: deliveryTries },
];
