import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { canonicalJson } from "../../digest/canonical-json.ts";
import { planFor } from "../../plan/plan-for.ts";
import type { SwapBaseline } from "../../policy/slots-cycle.ts";
import { SLOTS, slotsObservation, type SlotSituation, type SlotsSituation } from "../../testing/slots-observation.ts";
import { decide } from "../decide.ts";
import type { Decision } from "../decision.ts";
import type { SlotsRuling } from "../slots-view.ts";
import { tickersOf } from "./tickers.ts";

function decided(situation: SlotsSituation): Decision {
  const observation = slotsObservation(situation);
  return decide(observation.rollout.policy, observation);
}

function rulingOf(situation: SlotsSituation): SlotsRuling {
  const { slots } = decided(situation);
  if (slots === undefined) throw new Error("the decision says nothing of slots");
  return slots;
}

/** "wins/games" of the first two slots. */
function records(production: string, b: string): readonly [SlotSituation, SlotSituation] {
  const of = (text: string): SlotSituation => {
    const [wins = 0, games = 0] = text.split("/").map(Number);
    return { wins, games };
  };
  return [of(production), of(b)];
}

const compat = (situation: SlotsSituation): SlotsSituation => ({ ...situation, policy: { mode: "compat", ...situation.policy } });
const label = (situation: SlotsSituation): string | null => decided(compat(situation)).compatLabel;
const holders = ({ assignments }: SlotsRuling): readonly (string | null)[] => assignments.map(({ version }) => version);

describe("compat: the reference's rule", () => {
  test.each([
    ["25/30", "13/16", 0.17755, 0.429538, "swap_production_b"],
    ["2/3", "1/3", 0.816497, 0.207108, "swap_production_b"],
    ["60/100", "50/100", 1.421338, 0.077609, "swap_production_b"],
    ["3/3", "0/3", 2.44949, 0.007153, "swap_production_b"],
    ["10/20", "10/20", 0, 0.5, "retain_production"],
    ["3/3", "3/3", null, null, "retain_production"],
    ["2/2", "1/10", null, null, "insufficient_data"],
    ["1/3", "33/100", 0.012097, 0.495174, "swap_production_b"],
  ])("V8: B %s against Production %s", (b, production, z, p, wanted) => {
    const situation = compat({ slots: records(production, b) });
    expect(label(situation)).toBe(wanted);
    const ruling = rulingOf(situation);
    for (const [found, figure] of [
      [ruling.z, z],
      [ruling.p, p],
    ] as const) {
      if (figure === null) expect(found).toBeNull();
      else expect(found).toBeCloseTo(figure, 6);
    }
    expect(ruling.swap).toBe(wanted === "swap_production_b");
  });

  test("z and p to twelve digits (mpmath)", () => {
    const telemetry = (b: string, production: string) => {
      const { z, p } = rulingOf(compat({ slots: records(production, b) }));
      return [z, p];
    };
    for (const [b, production, z, p] of [["25/30", "13/16", 0.177550338797248, 0.429538064309976], ["1/3", "33/100", 0.012097454047453, 0.4951739318101], ["2/3", "1/3", 0.816496580927726, 0.207108089121263]] as const) {
      const [foundZ, foundP] = telemetry(b, production);
      expect(foundZ).toBeCloseTo(z, 12);
      expect(foundP).toBeCloseTo(p, 12);
    }
  });

  test("rates are compared as fractions: a third is more than 33 of 100, and equal to 333333333 of 999999999", () => {
    expect(label({ slots: records("333333333/999999999", "1/3") })).toBe("retain_production");
    expect(label({ slots: records("333333332/999999999", "1/3") })).toBe("swap_production_b");
    expect(label({ slots: records("9007199254740990/9007199254740991", "9007199254740989/9007199254740990") })).toBe("retain_production");
  });

  test("a tie is no win, and counts as a game", () => {
    expect(label({ slots: [{ games: 10, wins: 5 }, { games: 10, wins: 5, ties: 5 }] })).toBe("retain_production");
    expect(label({ slots: [{ games: 10, wins: 5 }, { games: 3, wins: 2, ties: 1 }] })).toBe("swap_production_b");
  });

  test("V9: counters follow the names of slots, so that frozen counts exchange the two at each of four cycles", () => {
    let [production, b] = ["10", "11"];
    const taken: string[] = [];
    for (let cycle = 0; cycle < 4; cycle++) {
      const [first, second] = records("13/16", "25/30");
      const situation = compat({ slots: [{ ...first, version: production }, { ...second, version: b }] });
      expect(label(situation)).toBe("swap_production_b");
      [production, b] = holders(rulingOf(situation)) as [string, string];
      taken.push(production);
    }
    expect(taken).toEqual(["11", "10", "11", "10"]);
  });

  const accuracy = (...correct: readonly number[]): readonly SlotSituation[] => correct.map((n) => ({ predictions: 100, correct: n }));
  const merged = (...parts: readonly (readonly SlotSituation[])[]): readonly SlotSituation[] => SLOTS.map((_, index) => Object.assign({}, ...parts.map((part) => part[index] ?? {})) as SlotSituation);

  test("V10: after a swap the challenger's slot is ranked by the accuracy that came with its new holder", () => {
    const situation = compat({ slots: merged(records("5/10", "8/10"), accuracy(30, 40, 45, 30)) });
    const ruling = rulingOf(situation);
    expect(label(situation)).toBe("swap_production_b");
    expect(holders(ruling)).toEqual(["11", "12", "10", "13"]);
    expect(ruling).toMatchObject({ swap: true, reorderApplied: true });
    expect(ruling.rankings.map(({ slot, rank, sourceSlot, accuracy: found }) => [slot, rank, sourceSlot, found])).toEqual([
      ["B", 1, "shadow1", 0.45],
      ["shadow1", 2, "Production", 0.3],
      ["shadow2", 3, "shadow2", 0.3],
    ]);
    expect(ruling.assignments).toEqual([
      { slot: "Production", version: "11", previousVersion: "10", sourceSlot: "B", changed: true },
      { slot: "B", version: "12", previousVersion: "11", sourceSlot: "shadow1", changed: true },
      { slot: "shadow1", version: "10", previousVersion: "12", sourceSlot: "Production", changed: true },
      { slot: "shadow2", version: "13", previousVersion: "13", sourceSlot: "shadow2", changed: false },
    ]);
  });

  test("V11: without a swap; equal accuracies go by predictions, and then by slots", () => {
    const kept = compat({ slots: merged(records("8/10", "5/10"), accuracy(50, 40, 45, 30)) });
    expect(label(kept)).toBe("retain_production");
    expect(holders(rulingOf(kept))).toEqual(["10", "12", "11", "13"]);
    expect(rulingOf(kept).reorderApplied).toBe(true);
    const equal = merged(records("8/10", "5/10"), [{}, { predictions: 100, correct: 45 }, { predictions: 200, correct: 90 }, { predictions: 100, correct: 45 }]);
    expect(holders(rulingOf(compat({ slots: equal })))).toEqual(["10", "12", "11", "13"]);
  });

  test("V15: 40/100, 45/100 and 45/120 rank as shadow1, B, shadow2", () => {
    const slots = merged(records("8/10", "5/10"), [{}, { predictions: 100, correct: 40 }, { predictions: 100, correct: 45 }, { predictions: 120, correct: 45 }]);
    expect(rulingOf(compat({ slots })).rankings.map(({ sourceSlot }) => sourceSlot)).toEqual(["shadow1", "B", "shadow2"]);
  });

  test("V12: what the tickers show, also after the counters began anew", () => {
    const shown = (games: readonly [number, number], baseline: readonly [number, number] | null, cyclesBefore: number) => {
      const swap = baseline === null ? null : ({ decisionId: "d", at: 0, games: baseline } satisfies SwapBaseline);
      return Object.values(rulingOf(compat({ slots: games.map((n) => ({ games: n, wins: 1 })), view: { baseline: swap, cyclesBefore } })).tickers);
    };
    // B's 1/9 is below Production's 1/7, hence no swap.
    expect(shown([7, 9], null, 0)).toEqual([7, 9, 1]);
    expect(shown([16, 31], [16, 30], 0)).toEqual([0, 1, 1]);
    expect(shown([17, 31], [16, 30], 2)).toEqual([1, 1, 3]);
    expect(shown([5, 5], [16, 30], 2)).toEqual([5, 5, 3]);
    const restarted = { slots: [{ total: { games: 2 } }, { total: { games: 5 } }], baseline: { games: [16, 30] }, cyclesBefore: 2 };
    expect(tickersOf(restarted as unknown as Parameters<typeof tickersOf>[0], false)).toEqual({ championGames: 2, challengerGames: 5, cycles: 3 });
  });

  test("a swap of more than fifty cycles ago is as if there had been none", () => {
    const baseline = { decisionId: "d", at: 0, games: [16, 30] as const };
    const at = (cyclesBefore: number) => rulingOf(compat({ slots: records("13/18", "20/35"), view: { baseline, cyclesBefore } })).tickers;
    expect(at(49)).toEqual({ championGames: 2, challengerGames: 5, cycles: 50 });
    expect(at(50)).toEqual({ championGames: 18, challengerGames: 35, cycles: 51 });
  });

  test("with too few games the cycle ends, and the challengers are put in order all the same", () => {
    const situation = compat({ slots: merged(records("1/2", "2/2"), accuracy(30, 40, 45, 30)) });
    const observation = slotsObservation(situation);
    const decision = decide(observation.rollout.policy, observation);
    expect(decision).toMatchObject({ verdict: "hold", reason: "insufficient_data", compatLabel: "insufficient_data" });
    const plan = planFor(decision, observation);
    expect(plan).toMatchObject({ becomes: "retained", closes: true, after: { baseline: null, cyclesBefore: 1 } });
    expect(plan.effects.map((effect) => (effect.kind === "registry.alias" ? [effect.alias, effect.version, effect.expect] : effect.kind))).toEqual([
      ["B", "12", ["11"]],
      ["shadow1", "11", ["12"]],
    ]);
  });
});

describe("document 000: the review of October 19", () => {
  /** Time, label then, Production's counter, B's, and what both were since the swap. */
  const TABLE = [
    ["22:13:02", "alias_reorder", "13/16", "25/30", 5, 13],
    ["22:37:44", "swap_production_b", "13/16", "25/30", 0, 0],
    ["23:02:13", "alias_reorder", "13/16", "26/31", 0, 1],
    ["23:26:39", "alias_reorder", "13/16", "26/31", 0, 1],
    ["00:23:00", "alias_reorder", "13/16", "26/31", 0, 1],
    ["00:52:51", "alias_reorder", "14/17", "26/31", 1, 1],
  ] as const;

  test("its table: what the counters show since the swap, cycle after cycle; a reorder resets nothing", () => {
    // Before the table a swap was stored at 11 and 17 games, which its first row tells.
    let baseline: SwapBaseline = { decisionId: "before", at: 0, games: [11, 17] };
    let cyclesBefore = 0;
    for (const [time, then, production, b, championGames, challengerGames] of TABLE) {
      const swap = then === "swap_production_b";
      const slots = records(production, b).map(({ games = 0, wins = 0 }, index) => ({ slot: SLOTS[index] ?? "", version: null, total: { games, wins, ties: 0, predictions: 0, correct: 0 }, cycle: [] }));
      const tickers = tickersOf({ slots, baseline, cyclesBefore }, swap);
      expect([time, tickers.championGames, tickers.challengerGames]).toEqual([time, championGames, challengerGames]);
      if (swap) baseline = { decisionId: time, at: 0, games: [slots[0]?.total.games ?? 0, slots[1]?.total.games ?? 0] };
      cyclesBefore = tickers.cycles;
    }
    expect(cyclesBefore).toBe(4);
  });

  test.each(TABLE)("%s: where it was called %s, the label is the verdict's, and the reorder stands beside it", (_, __, production, b) => {
    const [first, second] = records(production, b);
    const slots = [first, second, { predictions: 100, correct: 45 }, { predictions: 100, correct: 50 }];
    const ruling = rulingOf(compat({ slots }));
    expect(ruling.reorderApplied).toBe(true);
    // By the rule of the code since the 18th, every row's B is ahead by its counters since ever.
    expect(label({ slots })).toBe("swap_production_b");
    expect(ruling.swap).toBe(true);
  });

  test("I25: each of the three labels goes with a reorder and without one, and none is ever `alias_reorder`", () => {
    const ordered = [{}, {}, { predictions: 100, correct: 50 }, { predictions: 100, correct: 45 }];
    const unordered = [{}, { predictions: 100, correct: 60 }, { predictions: 100, correct: 50 }, { predictions: 100, correct: 45 }];
    for (const [production, b, wanted] of [
      ["8/10", "5/10", "retain_production"],
      ["1/2", "2/2", "insufficient_data"],
      ["5/10", "8/10", "swap_production_b"],
    ] as const) {
      const [first, second] = records(production, b);
      const withReorder = [first, second, ...ordered.slice(2)];
      expect([label({ slots: withReorder }), rulingOf(compat({ slots: withReorder })).reorderApplied]).toEqual([wanted, true]);
      const production60 = { ...first, predictions: 100, correct: 60 };
      const without = [production60, { ...second, ...unordered[1] }, ...unordered.slice(2)];
      expect([label({ slots: without }), rulingOf(compat({ slots: without })).reorderApplied]).toEqual([wanted, false]);
    }
  });

  test("what was said under the trees' log: a reorder of challengers resets no counter, and a swap resets both", () => {
    const baseline = { decisionId: "d", at: 0, games: [16, 30] as const };
    const view = { baseline, cyclesBefore: 3 };
    const shadows = [{ predictions: 100, correct: 45 }, { predictions: 100, correct: 50 }];
    const kept = slotsObservation(compat({ slots: [...records("14/17", "20/31"), ...shadows], view }));
    const retained = decide(kept.rollout.policy, kept);
    expect(retained.slots?.reorderApplied).toBe(true);
    expect(planFor(retained, kept).after).toEqual({ baseline, cyclesBefore: 4 });
    const exchanged = slotsObservation(compat({ slots: [...records("14/17", "30/31"), ...shadows], view }));
    const swapped = decide(exchanged.rollout.policy, exchanged);
    expect(planFor(swapped, exchanged).after).toEqual({ baseline: { decisionId: swapped.id, at: swapped.at, games: [17, 31] }, cyclesBefore: 0 });
  });
});

describe("strict: this cycle's versions alone, by evidence that holds at every look", () => {
  const strict = (production: SlotSituation, b: SlotSituation, more: Partial<SlotsSituation> = {}): string => {
    const { verdict, reason } = decided({ slots: [production, b], ...more });
    return `${verdict} ${reason}`;
  };

  test("I26: V9 holds still: counts of former holders say nothing, however often they are read", () => {
    for (let cycle = 0; cycle < 4; cycle++) {
      expect(strict({ games: 16, wins: 13, cycle: [] }, { games: 30, wins: 25, cycle: [] })).toBe("hold insufficient_data");
      const many = { games: 4000, wins: 3900, cycle: [{ version: "7", games: 400, wins: 390 }] };
      expect(strict({ games: 4000, wins: 10, cycle: [{ version: "9", games: 400, wins: 1 }] }, many)).toBe("hold insufficient_data");
    }
  });

  test("a challenger that is surely better takes the champion's slot, one that is surely worse ends the cycle early", () => {
    expect(strict({ games: 49, wins: 0 }, { games: 60, wins: 60 })).toBe("hold insufficient_data");
    expect(strict({ games: 200, wins: 80 }, { games: 200, wins: 130 })).toBe("promote all_checks_passed");
    expect(strict({ games: 200, wins: 130 }, { games: 200, wins: 80 })).toBe("retain worse");
    expect(strict({ games: 200, wins: 100 }, { games: 200, wins: 108 })).toBe("hold inconclusive");
    expect(strict({ games: 1000, wins: 500 }, { games: 1000, wins: 505 })).toBe("retain unproven");
    expect(strict({ games: 200, wins: 100 }, { games: 400, wins: 260 })).toBe("hold sample_ratio_mismatch");
  });

  test("a tie is half a win", () => {
    const win = (production: SlotSituation, b: SlotSituation) => decided({ slots: [production, b] }).checks.find(({ id }) => id === "win");
    expect(win({ games: 100, wins: 40, ties: 20 }, { games: 100, wins: 50 })).toMatchObject({ champion: 0.5, challenger: 0.5, estimate: 0, status: "unproven" });
    expect(win({ games: 100, ties: 100 }, { games: 100, ties: 100 })).toMatchObject({ champion: 0.5, estimate: null, status: "unproven" });
    // Ties tell nobody apart: as many as there are, the evidence is that of the others.
    const few = win({ games: 100, wins: 30 }, { games: 100, wins: 60 });
    const tied = win({ games: 600, wins: 30, ties: 500 }, { games: 600, wins: 60, ties: 500 });
    expect(tied?.reported["logE"]).toBe(few?.reported["logE"]);
  });

  test.each([
    [[200, 80, 0], [200, 130, 0], 250, 150, 9.5747411852141, -2.46570946283434],
    [[100, 40, 20], [100, 50, 10], 90, 80, 0.10438886145813, -0.84049832742651],
    [[60, 20, 5], [55, 30, 5], 65, 40, 1.70426376109376, -1.25803221116298],
  ] as const)("its evidence is the integral over all shares above a half: %j against %j (mpmath, 50 digits)", ([games, wins, ties], b, forChallenger, forChampion, logE, logEWorse) => {
    const check = decided({ slots: [{ games, wins, ties }, { games: b[0], wins: b[1], ties: b[2] }] }).checks.find(({ id }) => id === "win");
    expect(check?.reported).toMatchObject({ forChallenger, forChampion, ties: ties + b[2] });
    expect(check?.reported["logE"]).toBeCloseTo(logE, 10);
    expect(check?.reported["logEWorse"]).toBeCloseTo(logEWorse, 10);
  });

  test("the interval of the lead lies above 0 exactly where it passes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 400 }), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), (n, a, b) => {
        const check = decided({ slots: [{ games: n, wins: Math.min(a, n) }, { games: n, wins: Math.min(b, n) }] }).checks.find(({ id }) => id === "win");
        const { low, high } = check?.interval ?? { low: -1, high: 1 };
        expect(check?.status).toBe(low > 0 ? "pass" : high < 0 ? "fail" : "unproven");
      }),
      { numRuns: 60 },
    );
  });

  const better = { games: 200, wins: 130 };
  const worse = { games: 200, wins: 80 };
  const seen = (predictions: number, correct: number): SlotSituation => ({ predictions, correct });

  test("challengers change places where one is surely more accurate, and nowhere else", () => {
    const order = (...accuracies: readonly SlotSituation[]) => holders(rulingOf({ slots: [{ ...better, ...accuracies[0] }, { ...worse, ...accuracies[1] }, ...accuracies.slice(2)] }));
    expect(order(seen(0, 0), seen(1000, 300), seen(1000, 500), seen(1000, 450))).toEqual(["10", "12", "13", "11"]);
    expect(order(seen(0, 0), seen(1000, 440), seen(1000, 450), seen(1000, 445))).toEqual(["10", "11", "12", "13"]);
    // Of two that are surely better the surest; shadow1 is not surely worse than who comes behind it, and keeps its slot.
    expect(order(seen(0, 0), seen(1000, 300), seen(1000, 500), seen(1000, 550))).toEqual(["10", "13", "12", "11"]);
    expect(order(seen(0, 0), seen(0, 0), seen(1000, 900), seen(1000, 990))).toEqual(["10", "11", "13", "12"]);
    expect(order(seen(0, 0), seen(99, 0), seen(1000, 900), seen(0, 0))).toEqual(["10", "11", "12", "13"]);
  });

  test("while a cycle goes on nobody changes places; after a swap the former champion is a challenger with its own accuracy", () => {
    const accuracies = [seen(1000, 300), seen(1000, 500), seen(1000, 600), seen(1000, 300)];
    const at = (first: SlotSituation, second: SlotSituation) => rulingOf({ slots: [{ ...first, ...accuracies[0] }, { ...second, ...accuracies[1] }, ...accuracies.slice(2)] });
    expect(at({ games: 200, wins: 100 }, { games: 200, wins: 100 })).toMatchObject({ reorderApplied: false, swap: false });
    const swapped = at(worse, better);
    expect(holders(swapped)).toEqual(["11", "12", "10", "13"]);
    expect(swapped).toMatchObject({ swap: true, reorderApplied: true, tickers: { championGames: 0, challengerGames: 0, cycles: 0 } });
  });

  test("a person's word ends the cycle and nothing more; a person's hold waits", () => {
    const accuracies = [seen(0, 0), seen(1000, 300), seen(1000, 600), seen(0, 0)];
    const slots = [{ ...better, ...accuracies[0] }, { ...worse, ...accuracies[1] }, ...accuracies.slice(2)];
    const asked = (kind: "promote" | "reject") => ({ operator: { approvals: [], hold: null, request: { id: "r", kind, by: "eve", at: 0, reason: "so" } } });
    expect(holders(rulingOf({ slots, observation: asked("promote") }))).toEqual(["11", "10", "12", "13"]);
    expect(holders(rulingOf({ slots, observation: asked("reject") }))).toEqual(["10", "11", "12", "13"]);
    const waiting = { operator: { approvals: [], hold: { by: "eve", at: 0, reason: "so" }, request: null } };
    expect(decided({ slots, observation: waiting })).toMatchObject({ verdict: "hold", reason: "operator_hold" });
  });

  test("another holder of one of the first two slots holds; another shadow does not", () => {
    const aliases = (change: Readonly<Record<string, string>>) => {
      const observation = slotsObservation({ slots: [worse, better] });
      if (!observation.registry.available) throw new Error("the registry was to be read");
      const { policy } = observation.rollout;
      const { verdict, reason } = decide(policy, { ...observation, registry: { ...observation.registry, aliases: { ...observation.registry.aliases, ...change } } });
      return `${verdict} ${reason}`;
    };
    expect(aliases({ B: "99" })).toBe("hold foreign_move");
    expect(aliases({ Production: "99" })).toBe("hold foreign_move");
    expect(aliases({ shadow1: "99" })).toBe("promote all_checks_passed");
    const outage = { available: false, code: "store_unavailable", detail: "the disk is full" } as const;
    expect(decided({ observation: { evidence: outage } })).toMatchObject({ verdict: "hold", reason: "evidence_unavailable" });
  });
});

test("I1, I25: the same observation gives the same bytes, and each alias is set once", () => {
  const situation = compat({ slots: [{ games: 10, wins: 5, predictions: 100, correct: 30 }, { games: 10, wins: 8, predictions: 100, correct: 40 }, { predictions: 100, correct: 45 }, {}] });
  const [a, b] = [decided(situation), decided(JSON.parse(JSON.stringify(situation)) as SlotsSituation)];
  expect(canonicalJson(a)).toBe(canonicalJson(b));
  const observation = slotsObservation(situation);
  const aliases = planFor(a, observation).effects.flatMap((effect) => (effect.kind === "registry.alias" ? [effect.alias] : []));
  expect(aliases).toEqual([...new Set(aliases)]);
});
