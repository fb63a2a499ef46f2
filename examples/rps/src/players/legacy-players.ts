import { ace } from "./ace.ts";
import { bob } from "./bob.ts";
import { cal } from "./cal.ts";
import { dan } from "./dan.ts";
import { edd } from "./edd.ts";
import { fox } from "./fox.ts";
import { gus } from "./gus.ts";
import { hal } from "./hal.ts";
import type { Player } from "./player.ts";

/** The eight players of fixed habits that have always been there. */
export const LEGACY_PLAYERS: Readonly<Record<string, Player>> = { ace, bob, cal, dan, edd, fox, gus, hal };
