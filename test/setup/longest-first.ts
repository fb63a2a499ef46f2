import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take long, the longest first: of those that begin late each keeps one core busy while the other has nothing to
 * do. The rest follow in vitest's own order.
 */
const LONGEST = ["test/docs/commands", "test/e2e/console.test", "test/chaos/simulation", "test/chaos/kill", "examples/planner/src/world", "test/e2e/console-real", "test/e2e/ratings", "packages/adapters/src/postgres", "examples/mail/src", "test/e2e/rps", "examples/ringrift/src/world", "examples/fraud/src", "packages/adapters/src/crash", "test/chaos/replicas", "test/e2e/ramp", "examples/rps/src/world"];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is the sequencer's own method
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((part) => moduleId.replaceAll("\\", "/").includes(`/${part}`));
      return place === -1 ? LONGEST.length : place;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
