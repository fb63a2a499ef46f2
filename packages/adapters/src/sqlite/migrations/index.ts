import { evidence } from "./001-evidence.ts";
import { ledger } from "./002-ledger.ts";
import { servingAndAccess } from "./003-serving-and-access.ts";
import { retention } from "./004-retention.ts";
import { requestIndex } from "./005-request-index.ts";
import { ageByMinute } from "./006-age-by-minute.ts";
import { followUps } from "./007-follow-ups.ts";
import { experiments } from "./008-experiments.ts";
import { matches } from "./009-matches.ts";
import { monitor } from "./010-monitor.ts";
import { sync } from "./011-sync.ts";
import { hookMarks } from "./012-hook-marks.ts";
import { deliveryTries } from "./013-delivery-tries.ts";

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
  { name: "005-request-index", sql: requestIndex },
  { name: "006-age-by-minute", sql: ageByMinute },
  { name: "007-follow-ups", sql: followUps },
  { name: "008-experiments", sql: experiments },
  { name: "009-matches", sql: matches },
  { name: "010-monitor", sql: monitor },
  { name: "011-sync", sql: sync },
  { name: "012-hook-marks", sql: hookMarks },
  { name: "013-delivery-tries", sql: deliveryTries },
];
