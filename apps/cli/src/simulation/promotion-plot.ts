import type { OperatingPoint } from "@gauntlet/core";

const ROWS = 10;
const STEP = 9;

/** The chance to promote over the true effect, in characters: ● the policy, ○ naive daily testing, ◉ both. */
export function promotionPlot(points: readonly OperatingPoint[], metric: string): string {
  const level = (share: number) => Math.round(share * ROWS);
  const rows = Array.from({ length: ROWS + 1 }, (_, index) => {
    const height = ROWS - index;
    const marks = points.map((point) => {
      const here = level(point.policy.promote.share) === height;
      const naive = point.naive !== null && level(point.naive.promote.share) === height;
      return (here ? (naive ? "◉" : "●") : naive ? "○" : " ").padStart(STEP);
    });
    return `${height % 5 === 0 ? `${height * 10} %`.padStart(6) : " ".repeat(6)} ${height % 5 === 0 ? "┤" : "│"}${marks.join("")}`.trimEnd();
  });
  const axis = `${" ".repeat(7)}└${"─".repeat(points.length * STEP)}`;
  const labels = points.map((point) => `${Number((point.effect * 100).toPrecision(3))} %`.padStart(STEP + 1)).map((label) => label.slice(-STEP));
  return [`Chance to promote (● this policy, ○ naive daily testing, ◉ both) over the true change of ${metric}`, ...rows, axis, `${" ".repeat(9)}${labels.join("")}`].join("\n");
}
