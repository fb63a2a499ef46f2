import { z } from "zod";

import { MATCH_IMPORT_MAX, REJECTED_ROWS_MAX } from "./limits.ts";

/** Bounds of what is computed for one answer. */
export const RATINGS_MAX = { ladderRows: 500, matrixParticipants: 30, trajectories: 8, cuts: 40, matches: 200, conflicts: 100 } as const;

const instant = z.number().int().describe("milliseconds since the Unix epoch");
const whole = z.number().int();
const config = z.string().describe("board and number of players, such as square8_2p: ratings are only compared within one");
const contentId = z.string().regex(/^[0-9a-f]{32}$/, "32 hex digits").describe("the first 16 bytes of the SHA-256 of a record's content");
const participant = z.string();
const elo = z.number().nullable().describe("Elo points; null where the matches say nothing of it");
const standardError = z.number().nullable().describe("Elo points");
/** Of a rating or a difference, at the answer's level. */
const interval = { low: z.number().nullable(), high: z.number().nullable() };
const level = z.number().describe("of the intervals: 0.95");
const digest = z.string().describe("of all records of the configuration: equal on nodes that hold the same");
const strategy = z.enum(["skip", "first_write_wins", "last_write_wins", "raise"]);

export const matchView = z
  .object({
    id: z.string(),
    players: z.array(participant).describe("in the order of their seats"),
    places: z.array(whole).describe("for each player, 1 for the best; equal numbers tied"),
    board: z.string(),
    numPlayers: whole,
    length: whole.nullable().describe("moves"),
    durationMs: whole.nullable(),
    at: instant.describe("when it ended, milliseconds since the Unix epoch"),
    origin: z.string().describe("the node that recorded it first"),
    tournament: z.string().nullable(),
  })
  .meta({ id: "Match" });
export type MatchView = z.infer<typeof matchView>;

/** A match as it is sent: row by row it is parsed and reported, so that the shape here only guides. */
const sentMatch = z
  .looseObject({
    id: z.string(),
    players: z.array(participant).describe("in the order of their seats"),
    places: z.array(whole).optional().describe("for each player, less is better, equal is a tie; or winner"),
    winner: z.string().nullable().optional().describe("a player, or null for a draw of all; or places"),
    board: z.string(),
    numPlayers: whole.optional().describe("seats of the game; left out: the number of players"),
    length: whole.nullable().optional(),
    durationMs: whole.nullable().optional(),
    at: z.union([z.number(), z.string()]).describe("milliseconds since the Unix epoch, or ISO-8601 with a zone"),
    origin: z.string().optional().describe("left out: this node"),
    tournament: z.string().nullable().optional(),
  })
  .meta({ id: "SentMatch" });
/** The body of an import as JSON; as `application/x-ndjson` it is one match a line. */
export const matchBatch = z.strictObject({ matches: z.array(sentMatch).max(MATCH_IMPORT_MAX.items) }).meta({ id: "MatchBatch" });
export type MatchBatch = z.infer<typeof matchBatch>;

/** The counters count rows, and with `rejected` sum to the batch. */
export const matchImport = z
  .object({
    added: whole.describe("the first version of a match"),
    skipped: whole.describe("held already, word for word, or purged"),
    conflicts: whole.describe("a further version of a match, left for a person to decide"),
    resolved: whole.describe("a further version of a match, decided by the node's strategy"),
    participantsAdded: whole.describe("that had no match here before"),
    rejected: whole.describe("rows that can't be taken; they keep no other out"),
    rejectedRows: z
      .array(z.object({ index: whole.describe("place in the batch, from 0"), problems: z.array(z.object({ pointer: z.string(), detail: z.string() })) }))
      .describe(`the first ${REJECTED_ROWS_MAX}`),
  })
  .meta({ id: "MatchImport" });
export type MatchImport = z.infer<typeof matchImport>;

export const ratingConfig = z
  .object({
    config,
    board: z.string(),
    numPlayers: whole,
    matches: whole.describe("that count"),
    participants: whole,
    conflicts: whole.describe("matches of which several versions stand"),
    records: whole.describe("versions and tombstones, those that lost too"),
    digest,
    latestAt: instant.nullable().describe("of a match that counts"),
  })
  .meta({ id: "RatingConfig" });
export type RatingConfig = z.infer<typeof ratingConfig>;

/** What this node holds. */
export const ratingConfigs = z.object({ now: instant, node: z.string(), strategy, configs: z.array(ratingConfig) }).meta({ id: "RatingConfigs" });
export type RatingConfigs = z.infer<typeof ratingConfigs>;

export const ladderRow = z.object({
  participant,
  elo,
  standardError,
  ...interval,
  group: whole.describe("from 0, the largest first; rows of one group are comparable with each other and with no others"),
  anchored: z.boolean().describe("its rating is given, and the scale with it"),
  games: whole,
  wins: whole.describe("alone in the first place"),
  losses: whole.describe("in the last place, behind somebody"),
  draws: whole.describe("of two; among more, in neither place"),
  serviceElo: z.number().nullable().describe("incremental Elo, K 32 from 1500, in the order of the matches; null where it is not kept"),
});
export type LadderEntry = z.infer<typeof ladderRow>;

export const ratingLadderPage = z
  .object({
    config,
    digest: digest.describe("another one on the next page: begin again"),
    level,
    participants: whole,
    groups: z.array(z.object({ group: whole, participants: whole, anchored: z.boolean().describe("on the scale of anchors; otherwise its mean is 0") })).describe("at most 100"),
    rows: z.array(ladderRow),
    problem: z.string().nullable().describe("why nothing could be fitted, such as when all matches are ties; no row has a rating then"),
    nextOffset: whole.nullable(),
  })
  .meta({ id: "RatingLadder" });
export type RatingLadderPage = z.infer<typeof ratingLadderPage>;

const pairCounts = { games: whole.describe("in which both played"), ahead: whole.describe("of them, those in which the row came before the column"), tied: whole.describe("in which they came level") };
export const pairCell = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("self") }),
  z.object({ kind: z.literal("incomparable"), ...pairCounts }),
  z.object({ kind: z.literal("comparable"), ...pairCounts, difference: z.number().describe("Elo of the row less that of the column"), standardError: z.number(), superiority: z.number().describe("the likelihood that the row is the stronger") }),
]);
export type PairCell = z.infer<typeof pairCell>;

export const ratingMatrix = z
  .object({ config, digest, participants: z.array(participant).describe("rows and columns, as the ladder orders them"), cells: z.array(z.array(pairCell)) })
  .meta({ id: "RatingMatrix" });
export type RatingMatrix = z.infer<typeof ratingMatrix>;

export const ratingTrajectories = z
  .object({
    config,
    digest,
    level,
    against: participant.nullable().describe("the ratings are differences to this one; null: as the ladder has them"),
    trajectories: z.array(
      z.object({
        participant,
        points: z.array(z.object({ at: instant.describe("all matches up to then are fitted"), games: whole.describe("of this participant up to then"), elo, ...interval })),
      }),
    ),
  })
  .meta({ id: "RatingTrajectories" });
export type RatingTrajectories = z.infer<typeof ratingTrajectories>;

/** Newest first. */
export const matchPage = z.object({ config, matches: z.array(matchView), nextBefore: z.string().nullable() }).meta({ id: "MatchPage" });
export type MatchPage = z.infer<typeof matchPage>;

/** Everything that is held of one match. */
export const matchDetail = z
  .object({
    matchId: z.string(),
    config,
    /** kept: one version counts. unresolved: none does until somebody decides. purged: none ever will. */
    state: z.enum(["kept", "unresolved", "purged"]),
    resolvedBy: z.enum(["first_write_wins", "last_write_wins", "person"]).nullable().describe("what chose the version that counts, where there was a choice"),
    versions: z.array(z.object({ contentId, match: matchView, counts: z.boolean(), takenOut: z.boolean().describe("by a tombstone") })).describe("every version, the earliest first"),
    tombstones: z.array(z.object({ contentId, version: contentId.nullable().describe("null: the whole match"), at: instant, origin: z.string(), reason: z.string() })),
  })
  .meta({ id: "MatchDetail" });
export type MatchDetail = z.infer<typeof matchDetail>;

export const conflictPage = z
  .object({ strategy, conflicts: z.array(matchDetail).describe("matches of which several versions stand, by id"), total: whole, nextAfter: z.string().nullable() })
  .meta({ id: "ConflictPage" });
export type ConflictPage = z.infer<typeof conflictPage>;

const reason = z.string().trim().min(1).max(200).describe("why; kept in the ledger for ever, on every node");
/** Takes every other version of the match out. */
export const resolveMatch = z.strictObject({ keep: contentId, reason }).meta({ id: "ResolveMatch" });
export type ResolveMatch = z.infer<typeof resolveMatch>;
/** Takes the match out, in every version held or still to come. */
export const purgeMatch = z.strictObject({ reason }).meta({ id: "PurgeMatch" });
export type PurgeMatch = z.infer<typeof purgeMatch>;
